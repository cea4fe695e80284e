import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recorder } from '../recording/recorder.ts';
import { CAPTURE_ZERO_US, CaptureRig, SILENCE_FRAME, tonePackets20 } from '../testing/capture-rig.ts';
import { MemoryFs } from '../testing/memory-fs.ts';
import { packetsOf, plainSpeaker, type SpeakerModel } from '../testing/packet-stream.ts';
import { deliver, person, readSidecars, recordingSpecOf } from '../testing/simulate.ts';

const ada = '100000000000000001';
const packet = tonePackets20(440, 30)[29] as Uint8Array;

/** A rig whose capture of Ada has heard ten packets. */
const listening = (rig: CaptureRig, silenceMs = 700) => {
  const talker = rig.talker(ada);
  rig.start(ada, { preRollMs: 0, silenceMs });
  talker.say(10, () => packet);
  return talker;
};

/** Where each piece of audio begins and ends, in 20 ms steps of the session, and when it was told. */
const places = (rig: CaptureRig) =>
  rig.all('audio').map(({ position, ms, atUs }) => ({
    from: Math.round(position / 960),
    to: Math.round((position + ms * 48) / 960),
    atMs: (atUs - CAPTURE_ZERO_US) / 1_000,
  }));

const loudness = (rig: CaptureRig): number[] => rig.all('audio').map(({ rms }) => Math.round(rms * 100) / 100);

test('packets that change places are put in order without waiting longer than that takes', () => {
  using rig = new CaptureRig();
  const talker = listening(rig);
  talker.sequence += 1;
  talker.timestamp += 960;
  talker.say(1, () => packet);
  assert.equal(rig.all('audio').length, 10, 'the one before is waited for');
  talker.sequence -= 2;
  talker.timestamp -= 2 * 960;
  talker.send(packet);
  assert.equal(rig.all('audio').length, 12, 'both at once');
  talker.sequence += 1;
  talker.timestamp += 960;
  talker.say(5, () => packet);
  assert.equal(rig.all('audio').length, 17);
});

test('a packet that is lost is waited for no longer than 40 ms and then concealed', () => {
  using rig = new CaptureRig();
  const talker = listening(rig);
  talker.lose(1);
  const behindMs = (rig.clock.monotonicUs() - CAPTURE_ZERO_US) / 1_000;
  talker.say(3, () => packet);
  const after = places(rig).slice(10);
  assert.ok(after.length >= 4, 'concealed, and three packets');
  assert.ok((after[0]?.atMs ?? 0) - behindMs <= 40, `${after[0]?.atMs} after ${behindMs}`);
  assert.ok(
    loudness(rig)
      .slice(10, 13)
      .every((rms) => rms > 0.1),
    'nothing of it is silent',
  );
  rig.clock.advance(800);
  assert.equal(rig.all('ended')[0]?.durationMs, 14 * 20);
  assert.equal(rig.all('paused').length, 1, 'a loss is no pause');
});

test('a packet that comes too late, or twice, is not heard again', () => {
  using rig = new CaptureRig();
  const talker = listening(rig);
  talker.lose(1);
  talker.say(4, () => packet);
  const before = rig.all('audio').length;
  talker.repeat(5, packet);
  talker.repeat(1, packet);
  talker.repeat(2, packet);
  assert.equal(rig.all('audio').length, before);
});

test('of a longer loss 100 ms are concealed and the rest is silence, and the clock goes on', () => {
  using rig = new CaptureRig();
  const talker = listening(rig);
  talker.lose(20);
  talker.say(10, () => packet);
  rig.clock.advance(800);
  assert.equal(rig.all('ended')[0]?.durationMs, 40 * 20);
  const [silent, ...more] = rig.all('audio').filter(({ ms }) => ms > 20);
  assert.ok(silent && silent.rms < 0.05 && Math.abs(silent.ms - 300) < 1, JSON.stringify(silent));
  assert.equal(more.length, 0);
  assert.equal(rig.all('audio').filter(({ ms }) => ms === 20).length, 20 - 1 + 5);
});

test('packets that cannot be decrypted are concealed like lost ones, without waiting', () => {
  using rig = new CaptureRig();
  const talker = listening(rig);
  talker.fail('undecryptable');
  talker.say(1, () => packet);
  assert.equal(places(rig).at(-1)?.to, 12);
  assert.ok(
    loudness(rig)
      .slice(10)
      .every((rms) => rms > 0.1),
  );
});

test('a header nobody vouches for moves nothing', () => {
  using rig = new CaptureRig();
  const talker = listening(rig);
  const forge = (change: { ssrc?: number; sequence?: number; timestamp?: number }) => {
    const arrivalUs = rig.clock.monotonicUs();
    const next = { userId: ada, ssrc: 1, sequence: talker.sequence, timestamp: talker.timestamp };
    rig.sink.dropped({ ...next, ...change, arrivalUs, reason: 'undecryptable' });
  };
  forge({ ssrc: 99 });
  forge({ sequence: talker.sequence - 5 });
  forge({ sequence: talker.sequence + 2, timestamp: talker.timestamp + 9_600 });
  // The packet behind this one waits for it; a number from far away does not end that.
  talker.lose(1);
  talker.send(packet);
  const waiting = rig.all('audio').length;
  forge({ sequence: 30_000 });
  assert.equal(rig.all('audio').length, waiting);
  talker.sequence -= 2;
  talker.timestamp -= 2 * 960;
  talker.send(packet);
  talker.sequence += 1;
  talker.timestamp += 960;
  rig.clock.advance(20);
  talker.say(8, () => packet);
  talker.say(5, () => SILENCE_FRAME);
  talker.wait(200);
  talker.say(5, () => packet);
  assert.equal(rig.all('resumed')[0]?.position, (20 + 5 + 10) * 960, 'the clock stands where it stood');
  rig.clock.advance(800);
  assert.equal(rig.all('ended')[0]?.durationMs, 40 * 20);
  const said = rig
    .all('audio')
    .filter(({ ms }) => ms === 20)
    .map(({ rms }) => rms);
  assert.ok(said.length >= 23 && said.slice(10).every((rms) => rms > 0.1), said.join());
});

test('packets that were held up on the way follow what came before, however late', () => {
  using rig = new CaptureRig();
  const talker = listening(rig);
  rig.clock.advance(300);
  for (let frame = 0; frame < 15; frame += 1) talker.send(packet);
  talker.say(10, () => packet);
  rig.clock.advance(800);
  assert.equal(rig.all('ended')[0]?.durationMs, 35 * 20);
});

test('a client whose RTP stands still in pauses is placed by the clock', () => {
  using rig = new CaptureRig();
  const talker = listening(rig, 2_000);
  talker.say(5, () => SILENCE_FRAME);
  rig.clock.advance(600);
  talker.say(10, () => packet);
  assert.equal(rig.all('resumed').length, 1);
  const [resumed] = rig.all('resumed');
  assert.ok(Math.abs((resumed?.position ?? 0) - (15 * 20 + 600) * 48) <= 960, `${resumed?.position}`);
});

test('another SSRC and another voice server go on within the capture', () => {
  using rig = new CaptureRig();
  const talker = listening(rig);
  rig.talker(ada, { ssrc: 7, sequence: 60_000, timestamp: 4_000_000_000 }).say(10, () => packet);
  assert.equal(rig.all('audio').length, 20);
  rig.captures.deaf('connection');
  rig.clock.advance(3_000);
  assert.equal(rig.all('ended').length, 0, 'nobody can be heard to be silent');
  rig.captures.serverChanged();
  rig.captures.hearsAgain('connection');
  talker.say(10, () => packet);
  rig.clock.advance(800);
  const [ended] = rig.all('ended');
  assert.deepEqual([ended?.reason, ended?.durationMs], ['silence', 20 * 20 + 3_000 + 10 * 20]);
});

test('a connection that does not come back keeps a capture for 5 s', () => {
  using rig = new CaptureRig();
  listening(rig);
  rig.captures.deaf('connection');
  rig.clock.advance(5_600);
  assert.equal(rig.all('ended').length, 0);
  rig.clock.advance(200);
  assert.equal(rig.all('ended').length, 1);
});

test('while a call changes its keys nobody can be heard to be silent, whatever the connection does meanwhile', () => {
  using rig = new CaptureRig();
  const talker = listening(rig);
  rig.captures.deaf('keys');
  talker.wait(900);
  rig.captures.deaf('connection');
  rig.captures.hearsAgain('connection');
  rig.clock.advance(900);
  assert.equal(rig.all('ended').length, 0);
  rig.captures.hearsAgain('keys');
  rig.clock.advance(600);
  assert.equal(rig.all('ended').length, 0);
  rig.clock.advance(200);
  assert.equal(rig.all('ended')[0]?.reason, 'silence');
});

test('a numbering that begins anew is followed at once', () => {
  using rig = new CaptureRig();
  const talker = listening(rig);
  talker.sequence = 40_000;
  talker.say(10, () => packet);
  assert.equal(rig.all('audio').length, 20);
});

test('while the event loop stands still nobody has paused, and what waited in the socket is read first', () => {
  using rig = new CaptureRig();
  const talker = listening(rig);
  rig.clock.stall(900);
  rig.clock.advance(10);
  assert.deepEqual([rig.all('paused').length, rig.all('ended').length], [0, 0]);
  for (let frame = 0; frame < 45; frame += 1) talker.send(packet);
  talker.say(5, () => packet);
  rig.clock.advance(800);
  assert.equal(rig.all('ended')[0]?.durationMs, 60 * 20);
});

test('positions are the recording’s to 20 ms, on a rough network', async () => {
  using rig = new CaptureRig();
  rig.zeroUs = CAPTURE_ZERO_US;
  const fs = new MemoryFs();
  await using recorder = new Recorder({ clock: rig.clock, fs, newSerial: () => 1, onEvent: () => undefined });
  recorder.setRoster(person(ada));
  const spec = recordingSpecOf('/rec', { originUs: CAPTURE_ZERO_US, startTime: rig.clock.now(), silenceMs: 300 });
  await recorder.start(spec);
  const sink = rig.captures.beside(recorder);
  const model: SpeakerModel = {
    ...plainSpeaker,
    userId: ada,
    ssrc: 1,
    startUs: CAPTURE_ZERO_US,
    durationMs: 30_000,
    pauseMs: [400, 2_000],
    network: { delayMs: 60, jitterMs: 15, loss: 0.02, burst: 2, duplicate: 0.01, reorder: 0.02 },
    ppm: 50,
  };
  const start = { atUs: CAPTURE_ZERO_US + 1_000_000, act: () => rig.start(ada, { silenceMs: 5_000, maxMs: 120_000 }) };
  await deliver({ clock: rig.clock, recorder: sink }, packetsOf(model), [start]);
  await rig.clock.run(2_000, 500);
  await recorder.stop('leave', 'test');
  const resumed = rig.all('resumed');
  const segments = readSidecars(fs, spec.folder).filter(({ startSample }) => startSample > 48_000);
  assert.ok(segments.length > 5);
  for (const { startSample } of segments) {
    const nearest = Math.min(...resumed.map(({ position }) => Math.abs(position - startSample)));
    assert.ok(nearest <= 960, `${nearest} samples from a segment at ${startSample}`);
  }
});

test('whatever the network does, audio is continuous, in order, and never ahead of its time', async () => {
  const oddities: Partial<SpeakerModel>[] = [
    { ssrcEveryMs: 3_000 },
    { frozenRtp: true },
    { timestampJump: { atMs: 2_000, samples: 480_000, everyMs: 3_000 } },
    { timestampJump: { atMs: 2_000, samples: -480_000 } },
    { frames: [2.5, 60, 10, 20], firstSequence: 65_500, firstTimestamp: 0xffff_0000 },
    { ppm: 150, stereo: false },
  ];
  for (const [seed, oddity] of oddities.entries()) {
    using rig = new CaptureRig();
    const model: SpeakerModel = {
      ...plainSpeaker,
      userId: ada,
      ssrc: 1,
      seed: seed + 1,
      startUs: CAPTURE_ZERO_US,
      durationMs: 12_000,
      network: { delayMs: 40, jitterMs: 25, loss: 0.05, burst: 3, duplicate: 0.02, reorder: 0.05 },
      ...oddity,
    };
    const start = { atUs: CAPTURE_ZERO_US + 500_000, act: () => rig.start(ada, { silenceMs: 5_000 }) };
    await deliver({ clock: rig.clock, recorder: rig.sink }, packetsOf(model), [start]);
    rig.clock.advance(6_000);
    let end: number | null = null;
    for (const { position, ms, atUs } of rig.all('audio')) {
      assert.ok(end === null || Math.abs(position - end) <= 1, `seed ${seed}: ${position} after ${end}`);
      end = position + ms * 48;
      assert.ok(end <= (atUs - CAPTURE_ZERO_US) * 0.048 + 3 * 2_880, `seed ${seed}: ahead of its time`);
    }
    const [ended] = rig.all('ended');
    assert.ok(ended && Math.abs(ended.position - (end ?? 0)) <= 2, `seed ${seed}: ${ended?.position} and ${end}`);
    assert.equal(rig.clock.timers, 0);
  }
});
