import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CAPTURE_ZERO_US,
  CaptureRig,
  levelOf,
  opusPackets,
  SILENCE_FRAME,
  tonePackets20,
} from '../testing/capture-rig.ts';
import { babble, throughRoom } from '../testing/voice.ts';

const [ada, ben] = ['100000000000000001', '100000000000000002'];

/** What every capture must hold: its pieces follow each other without a gap on the clock of positions. */
const assertContinuous = (rig: CaptureRig, userId: string, rate: number): void => {
  const pieces = rig.all('audio').filter((piece) => piece.userId === userId);
  for (const [index, piece] of pieces.entries()) {
    const next = pieces[index + 1];
    if (next === undefined || next.captureId !== piece.captureId) continue;
    const end = piece.position + ((piece.pcm.length / 2) * 48_000) / rate;
    assert.ok(Math.abs(next.position - end) <= 1, `piece ${index + 1} at ${next.position} instead of ${end}`);
  }
};

for (const sampleRate of [8_000, 16_000, 24_000, 44_100, 48_000]) {
  test(`what a person says comes piece by piece at ${sampleRate} Hz, each as soon as its packet`, () => {
    using rig = new CaptureRig();
    const talker = rig.talker(ada);
    const packets = tonePackets20(440, 60);
    rig.start(ada, { sampleRate, preRollMs: 0 });
    talker.say(60, (index) => packets[index] as Uint8Array);
    rig.clock.advance(1_000);
    const pieces = rig.all('audio');
    assert.ok(pieces.length >= 60);
    for (const [index, piece] of pieces.slice(0, 60).entries()) {
      assert.equal(piece.atUs, CAPTURE_ZERO_US + index * 20_000);
      assert.ok(piece.pcm.length <= (sampleRate / 50) * 2, 'one packet a piece');
    }
    const audio = rig.audio(ada);
    assert.equal(audio.length, (60 * sampleRate) / 50);
    assert.ok(Math.abs(levelOf(audio.subarray(audio.length / 4), sampleRate, 440) + 6) < 0.5);
    assertContinuous(rig, ada, sampleRate);
    const [ended] = rig.all('ended');
    assert.deepEqual([ended?.reason, ended?.durationMs, ended?.position], ['silence', 1_200, 60 * 960]);
    const middle = pieces[30];
    assert.ok(
      middle && Math.abs(middle.peak - 0.5) < 0.05 && Math.abs(middle.rms - 0.354) < 0.03,
      JSON.stringify(middle),
    );
    assert.equal(rig.clock.timers, 0);
  });
}

test('two people are captured at once, each their own', () => {
  using rig = new CaptureRig();
  const [one, two] = [rig.talker(ada), rig.talker(ben, { ssrc: 2 })];
  const [high, low] = [tonePackets20(1_000, 50), tonePackets20(300, 50)];
  rig.start(ada, { preRollMs: 0 });
  rig.start(ben, { preRollMs: 0, sampleRate: 24_000 });
  for (let frame = 0; frame < 50; frame += 1) {
    two.send(low[frame] as Uint8Array);
    one.say(1, () => high[frame] as Uint8Array);
  }
  rig.clock.advance(1_000);
  const [heardAda, heardBen] = [rig.audio(ada).subarray(4_000), rig.audio(ben).subarray(4_000)];
  assert.ok(levelOf(heardAda, 16_000, 1_000) > -7 && levelOf(heardAda, 16_000, 300) < -40);
  assert.ok(levelOf(heardBen, 24_000, 300) > -7 && levelOf(heardBen, 24_000, 1_000) < -40);
});

test('the pre-roll holds what was said before the capture, in one piece', () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  const packets = tonePackets20(440, 100);
  talker.say(75, (index) => packets[index] as Uint8Array);
  const answer = rig.start(ada, { preRollMs: 300 });
  assert.equal(rig.all('audio').length, 1);
  const [preRoll] = rig.all('audio');
  assert.ok(preRoll);
  assert.equal(preRoll.position, answer.position);
  assert.ok(answer.preRollMs >= 300 && answer.preRollMs <= 320, `${answer.preRollMs}`);
  assert.equal(answer.position, 75 * 960 - answer.preRollMs * 48);
  assert.ok(Math.abs(preRoll.ms - answer.preRollMs) <= 2, `${preRoll.ms}`);
  talker.say(25, (index) => packets[index] as Uint8Array);
  rig.clock.advance(1_000);
  assertContinuous(rig, ada, 16_000);
  assert.equal(rig.all('ended')[0]?.position, 100 * 960);
});

test('of the pre-roll nothing is older than what was asked for, and what was said long ago is forgotten', () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  talker.say(10, () => tonePackets20(440, 1)[0] as Uint8Array);
  talker.wait(900);
  assert.ok(rig.start(ada, { preRollMs: 1_000 }).preRollMs >= 900);
  rig.clock.advance(1_000);
  rig.clock.advance(2_000);
  const later = rig.start(ada, { captureId: 'later', preRollMs: 1_000 });
  assert.equal(later.preRollMs, 0);
});

test('who has said nothing for half a minute is not kept in mind, unless they are being captured', () => {
  using rig = new CaptureRig();
  const packet = tonePackets20(440, 1)[0] as Uint8Array;
  for (const userId of [ada, ben]) rig.talker(userId).say(1, () => packet);
  rig.clock.advance(29_000);
  rig.captures.expire();
  assert.equal(rig.captures.listened, 2);
  rig.start(ben, { silenceMs: 5_000 });
  rig.clock.advance(2_000);
  rig.captures.expire();
  assert.equal(rig.captures.listened, 1);
});

test('a capture that hears nothing ends after its silence, without audio', () => {
  using rig = new CaptureRig();
  const { position, preRollMs } = rig.start(ada);
  assert.deepEqual([position, preRollMs], [0, 0]);
  rig.clock.advance(690);
  assert.equal(rig.told.length, 0);
  rig.clock.advance(20);
  assert.deepEqual(
    rig.told.map(({ what }) => what),
    ['ended'],
  );
  const [ended] = rig.all('ended');
  assert.deepEqual([ended?.reason, ended?.durationMs], ['silence', 0]);
});

test('silence frames pause a capture at once, and speech within the silence goes on in it', () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  const packets = tonePackets20(440, 40);
  rig.start(ada, { preRollMs: 0 });
  talker.say(20, (index) => packets[index] as Uint8Array);
  talker.say(5, () => SILENCE_FRAME);
  assert.deepEqual(
    rig.all('paused').map(({ cause, position, atUs }) => [cause, position, atUs]),
    [['silence_frames', 20 * 960, CAPTURE_ZERO_US + 400_000]],
  );
  const heard = rig.all('audio').length;
  talker.wait(300);
  assert.equal(rig.all('audio').length, heard, 'nothing comes in the pause');
  talker.say(10, (index) => packets[index] as Uint8Array);
  const [resumed] = rig.all('resumed');
  assert.equal(resumed?.position, (20 + 5 + 15) * 960);
  rig.clock.advance(800);
  assertContinuous(rig, ada, 16_000);
  assert.equal(rig.all('ended')[0]?.durationMs, 1_000);
  const audio = rig.audio(ada);
  const pause = audio.subarray(420 * 16, 780 * 16);
  assert.ok(pause.every((sample) => Math.abs(sample) < 1e-3));
  assert.ok(levelOf(audio.subarray(850 * 16, 990 * 16), 16_000, 440) > -10);
});

test('packets that stop coming pause it after 100 ms, and end it after its silence counted from the last speech', () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  const packet = tonePackets20(440, 1)[0] as Uint8Array;
  rig.start(ada, { preRollMs: 0, silenceMs: 500 });
  talker.say(10, () => packet);
  rig.clock.advance(2_000);
  const lastUs = CAPTURE_ZERO_US + 180_000;
  const [paused] = rig.all('paused');
  const [ended] = rig.all('ended');
  assert.equal(paused?.cause, 'no_packets');
  assert.ok(paused && paused.atUs - lastUs >= 100_000 && paused.atUs - lastUs <= 110_000);
  assert.ok(ended && ended.atUs - lastUs >= 500_000 && ended.atUs - lastUs <= 510_000);
});

test('it ends when as much was said as it may hold, pauses not counted', () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  const packets = tonePackets20(440, 100);
  rig.start(ada, { preRollMs: 0, maxMs: 1_000 });
  talker.say(25, (index) => packets[index] as Uint8Array);
  talker.wait(400);
  talker.say(60, (index) => packets[index] as Uint8Array);
  const [ended] = rig.all('ended');
  assert.deepEqual([ended?.reason, ended?.durationMs], ['max_length', 1_400]);
  assert.equal(rig.told.at(-1)?.what, 'ended');
  assert.equal(rig.audio(ada).length, 1_400 * 16);
});

test('a stop sends what was heard first and answers how long it was', async () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  const packets = tonePackets20(440, 30);
  rig.start(ada, { preRollMs: 0 });
  talker.say(30, (index) => packets[index] as Uint8Array);
  assert.deepEqual(await rig.captures.stop(`capture of ${ada}`), { durationMs: 600 });
  assert.equal(rig.audio(ada).length, 600 * 16);
  assert.equal(rig.told.at(-1)?.what, 'ended');
  talker.say(5, () => packets[0] as Uint8Array);
  assert.equal(rig.told.at(-1)?.what, 'ended');
  await assert.rejects(rig.captures.stop(`capture of ${ada}`), { code: 'unknown_capture' });
  assert.equal(rig.clock.timers, 0);
});

test('one capture of a person at a time, of people who may be heard alone', () => {
  using rig = new CaptureRig();
  rig.refused.add(ben);
  assert.throws(() => rig.start(ben), { code: 'not_heard' });
  rig.start(ada);
  assert.throws(() => rig.start(ada, { captureId: 'another' }), { code: 'already_capturing' });
  assert.throws(() => rig.start('100000000000000003', { captureId: `capture of ${ada}` }), {
    code: 'already_capturing',
  });
  rig.clock.advance(1_000);
  rig.start(ada, { captureId: 'another' });
});

test('of somebody who opts out nothing is told any more, and what waits is given up', () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  const packets = tonePackets20(440, 60);
  talker.say(20, (index) => packets[index] as Uint8Array);
  rig.start(ada);
  talker.say(10, (index) => packets[index] as Uint8Array);
  rig.refused.add(ada);
  const before = rig.all('audio').length;
  rig.captures.forget(ada, 'excluded');
  assert.ok(rig.all('discard').length > 0);
  assert.equal(rig.all('audio').length, before, 'not even what was being resampled');
  assert.equal(rig.all('ended')[0]?.reason, 'excluded');
  rig.refused.delete(ada);
  assert.equal(rig.start(ada, { captureId: 'later', preRollMs: 1_000 }).preRollMs, 0, 'the pre-roll was forgotten');
});

test('who leaves is heard to the end; the end of the session ends every capture', () => {
  using rig = new CaptureRig();
  const [one, two] = [rig.talker(ada), rig.talker(ben, { ssrc: 2 })];
  const packets = tonePackets20(440, 30);
  rig.start(ada, { preRollMs: 0 });
  rig.start(ben, { preRollMs: 0 });
  for (let frame = 0; frame < 30; frame += 1) {
    two.send(packets[frame] as Uint8Array);
    one.say(1, () => packets[frame] as Uint8Array);
  }
  rig.captures.forget(ada, 'left');
  assert.equal(rig.audio(ada).length, 600 * 16);
  rig.captures.endAll();
  assert.deepEqual(
    rig.all('ended').map(({ userId, reason }) => [userId, reason]),
    [
      [ada, 'left'],
      [ben, 'session_ended'],
    ],
  );
  assert.equal(rig.clock.timers, 0);
});

test('positions are those of the recording from its start on', () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  const packets = tonePackets20(440, 20);
  rig.start(ada, { preRollMs: 0 });
  talker.say(10, (index) => packets[index] as Uint8Array);
  rig.zeroUs = CAPTURE_ZERO_US + 100_000;
  talker.say(10, (index) => packets[index] as Uint8Array);
  const [before, after] = [rig.all('audio')[9], rig.all('audio')[10]];
  assert.ok(before && after);
  assert.ok(Math.abs(after.position - (before.position + 960 - 4_800)) <= 1);
});

test('while the bot plays, each piece says how much of it is the bot’s own voice, and nothing before or after', () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  const bot = babble(1, 110, 2);
  const frames = opusPackets(throughRoom(bot, { seed: 3, delayMs: 120, gain: 0.2 }));
  rig.start(ada, { preRollMs: 0 });
  talker.say(10, () => frames[0] as Uint8Array);
  for (let frame = 0; frame < 100; frame += 1) {
    rig.echo.played(bot.subarray(frame * 960, frame * 960 + 960), rig.clock.monotonicUs());
    talker.say(1, () => frames[frame] as Uint8Array);
  }
  const said = rig.all('audio').map(({ echo }) => echo);
  assert.ok(said.slice(0, 10).every((echo) => echo === undefined));
  assert.ok(
    said.slice(50, 110).every((echo) => echo !== undefined && echo >= 0.6),
    said.slice(50).join(),
  );
  talker.say(110, () => frames[99] as Uint8Array);
  assert.equal(rig.all('audio').at(-1)?.echo, undefined);
});

test('after the end of the session nobody is listened to any more', () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  rig.captures[Symbol.dispose]();
  talker.say(5, () => tonePackets20(440, 1)[0] as Uint8Array);
  assert.throws(() => rig.start(ada), { code: 'not_joined' });
  assert.equal(rig.told.length, 0);
  assert.equal(rig.clock.timers, 0);
});
