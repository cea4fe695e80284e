import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { OggOpusWriter } from '@parley/mux';
import { encodeFrames, loadAudio, type SimPerson } from '@parley/sim';
import { need } from '../lib/need.ts';
import { VoxprocRig } from './voxproc-rig.ts';

/** Writes a tone as an Ogg Opus file. */
const toneFile = async (folder: string, hz: number, ms: number, frameMs: 20 | 60 = 20): Promise<string> => {
  const writer = new OggOpusWriter({ serial: 1, comments: {} });
  const parts = [writer.header()];
  for (const packet of encodeFrames(await loadAudio({ tone: hz, ms }), { frameMs, channels: 2 })) {
    parts.push(writer.push(packet, frameMs * 48) ?? Buffer.alloc(0));
  }
  parts.push(writer.end());
  const file = join(folder, `tone-${hz}-${frameMs}.ogg`);
  await writeFile(file, Buffer.concat(parts));
  return file;
};

/** s16le of a tone at 24 kHz, cut into pieces of `pieceMs`. */
const speechOf = (hz: number, ms: number, pieceMs: number): Buffer[] => {
  const pcm = Buffer.alloc(ms * 48);
  for (let at = 0; at < ms * 24; at += 1) {
    pcm.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * hz * at) / 24_000)), 2 * at);
  }
  return Array.from({ length: Math.ceil(ms / pieceMs) }, (_, piece) =>
    pcm.subarray(piece * pieceMs * 48, (piece + 1) * pieceMs * 48),
  );
};

/** Says an utterance; what was granted first is not exceeded. */
const say = async ({ child }: VoxprocRig, utteranceId: string, pieces: readonly Buffer[]): Promise<void> => {
  const { ms } = await child.channel.request('speech.begin', { utteranceId, sampleRate: 24_000 });
  assert.equal(ms, 2000);
  pieces.forEach((pcm, seq) => {
    child.channel.notify('speech.audio', { utteranceId, seq, pcm });
  });
  await child.channel.request('speech.end', { utteranceId, frames: pieces.length });
};

/** Where the frames are that are not silent. */
const audible = (pcm: Int16Array): number[] => {
  const frames: number[] = [];
  for (let at = 0; at + 960 <= pcm.length; at += 960) {
    let peak = 0;
    for (let i = at; i < at + 960; i += 1) peak = Math.max(peak, Math.abs(pcm[i] as number));
    if (peak > 1000) frames.push(at / 960);
  }
  return frames;
};

/** The lengths of stretches without a gap. */
const runsOf = (frames: readonly number[]): number[] => {
  const runs: number[] = [];
  frames.forEach((frame, index) => {
    if (frame - 1 === frames[index - 1]) runs.push((runs.pop() ?? 0) + 1);
    else runs.push(1);
  });
  return runs;
};

/** Loudness of a person's ears at the bot: frames that are not silent. */
const heardFrames = (person: SimPerson, botUserId: string): number =>
  audible(person.heard.get(botUserId)?.pcm ?? new Int16Array()).length;

for (const dave of [true, false]) {
  test(`a sound is heard by the others, DAVE ${dave ? 1 : 0}`, async () => {
    await using rig = await VoxprocRig.start({ dave });
    const [alice, bob] = [rig.person('alice'), rig.person('bob')];
    await alice.join(rig.table);
    await bob.join(rig.table);
    await rig.join();
    const file = await toneFile(rig.folder(), 880, 1000);
    const played = await rig.child.channel.request('sound.play', { file });
    assert.deepEqual(played, { playedMs: 1000, droppedFrames: 0 });
    await rig.sim.until(() => heardFrames(bob, rig.sim.botUserId) >= 48, { what: 'the tone' });
    assert.equal(alice.heard.get(rig.sim.botUserId)?.failures, 0);
    await rig.leave();
  });
}

test(
  'what the bot says is heard, stops within two packets of a cancel, and music plays on its own',
  need('ffmpeg'),
  async () => {
    await using rig = await VoxprocRig.start({});
    const [alice, bob] = [rig.person('alice'), rig.person('bob')];
    await alice.join(rig.table);
    await bob.join(rig.table);
    await rig.join();
    await rig.inCall();
    const { botUserId } = rig.sim;
    const { child } = rig;
    const { channel } = child;
    const finished = (id: string) =>
      child.until(`the end of ${id}`, () =>
        child.all('playback.finished').find(({ utteranceId }) => utteranceId === id),
      );

    await say(rig, 'whole', speechOf(880, 700, 20));
    assert.deepEqual(await finished('whole'), { utteranceId: 'whole', playedMs: 700, trimmedMs: 0, outcome: 'played' });
    await rig.sim.until(() => heardFrames(bob, botUserId) >= 34, { what: 'the tone' });
    const [started] = child.all('playback.started');
    assert.ok((started?.position ?? 0) > 0, 'it has a place in the recording');

    const before = heardFrames(bob, botUserId);
    await say(rig, 'cut', speechOf(660, 2000, 200));
    await rig.sim.until(() => heardFrames(bob, botUserId) >= before + 15, { what: 'the second tone' });
    const cut = await channel.request('speech.cancel', { utteranceId: 'cut' });
    assert.equal(cut.playedMs + cut.discardedMs, 2000);
    channel.notify('speech.audio', { utteranceId: 'cut', seq: 10, pcm: speechOf(660, 100, 100)[0] as Buffer });
    assert.equal((await finished('cut')).playedMs, cut.playedMs);
    const pcm = () => bob.heard.get(botUserId)?.pcm ?? new Int16Array();
    const silentFrames = () => pcm().length / 960 - 1 - (audible(pcm()).at(-1) ?? 0);
    await rig.sim.until(() => silentFrames() >= 5, { what: 'silence' });
    await say(rig, 'after', speechOf(440, 100, 100));
    await finished('after');
    const cutFrames = () => audible(pcm()).slice(before);
    await rig.sim.until(() => heardFrames(bob, botUserId) >= before + cut.playedMs / 20 + 3, {
      what: 'what came after',
    });
    const runs = runsOf(cutFrames());
    assert.equal(runs.length, 2, 'the tone that was cut, and what came after');
    const extra = (runs[0] as number) - cut.playedMs / 20;
    assert.ok(extra >= -1 && extra <= 2, `${extra} packets after what was told as heard`);
    assert.equal(bob.heard.get(botUserId)?.failures, 0);

    const { faults } = rig.sim;
    faults.serverMute(botUserId, true);
    faults.serverDeafen(botUserId, true);
    await child.until('the moderator’s word', () =>
      child.all('warning').some(({ code }) => code === 'server_deafened'),
    );
    await say(rig, 'muted', speechOf(550, 200, 100));
    await channel.request('sound.play', { file: await toneFile(rig.folder(), 880, 100) });
    const muted = await channel.request('speech.cancel', { utteranceId: 'muted' });
    assert.deepEqual([muted.playedMs, muted.discardedMs], [0, 200], 'who is muted has not been heard');
    faults.serverMute(botUserId, false);
    faults.serverDeafen(botUserId, false);

    const file = await toneFile(rig.folder(), 300, 400);
    const source = { kind: 'file', path: file } as const;
    const music = {
      musicId: 'm',
      source,
      ffmpegPath: 'ffmpeg',
      gain: 1,
      fadeInMs: 0,
      duck: { gain: 0.15, fadeMs: 300 },
    };
    await channel.request('music.play', music);
    const end = await child.until('the end of the music', () =>
      child.all('music.state').find(({ state }) => state !== 'loading' && state !== 'playing'),
    );
    assert.equal(end.state, 'ended', end.message);
    assert.ok(Math.abs(end.positionMs - 400) <= 20, `${end.positionMs}`);
    const { playout } = await channel.request('stats.get', {});
    assert.equal(playout?.speechDropped, 1);
    await rig.leave();
  },
);

test('a sound waits for the keys of the call instead of being sent plain', async () => {
  await using rig = await VoxprocRig.start({});
  const [alice, bob] = [rig.person('alice'), rig.person('bob')];
  await alice.join(rig.table);
  await bob.join(rig.table);
  const commitMs = 1200;
  rig.sim.faults.setCommitDelay(commitMs);
  const started = performance.now();
  await rig.join();
  const file = await toneFile(rig.folder(), 880, 400);
  assert.deepEqual(await rig.child.channel.request('sound.play', { file }), { playedMs: 400, droppedFrames: 0 });
  assert.ok(performance.now() - started > commitMs);
  await rig.sim.until(() => heardFrames(bob, rig.sim.botUserId) >= 18, { what: 'the tone' });
  assert.equal(bob.heard.get(rig.sim.botUserId)?.failures, 0);
});

test('five silence frames are sent on joining', async () => {
  await using rig = await VoxprocRig.start({});
  const alice = rig.person('alice');
  await alice.join(rig.table);
  await rig.join();
  await rig.sim.until(() => alice.heard.get(rig.sim.botUserId)?.packets === 5, { what: 'five packets' });
});

test('a sound that cannot be read is refused, and sounds are played one after the other', async () => {
  await using rig = await VoxprocRig.start({});
  const alice = rig.person('alice');
  await alice.join(rig.table);
  await rig.join();
  const { channel } = rig.child;
  const odd = await toneFile(rig.folder(), 440, 600, 60);
  const garbage = join(rig.folder(), 'garbage.ogg');
  await writeFile(garbage, 'not an ogg file');
  for (const file of [join(rig.folder(), 'nowhere.ogg'), odd, garbage]) {
    await assert.rejects(channel.request('sound.play', { file }), { code: 'file_unreadable' });
  }
  const file = await toneFile(rig.folder(), 880, 400);
  const started = performance.now();
  const played = await Promise.all([channel.request('sound.play', { file }), channel.request('sound.play', { file })]);
  assert.deepEqual(
    played.map(({ playedMs }) => playedMs),
    [400, 400],
  );
  assert.ok(performance.now() - started > 750);
});

test('without the permission to speak nothing breaks', async () => {
  await using rig = await VoxprocRig.start({});
  const alice = rig.person('alice');
  await alice.join(rig.table);
  rig.guild.setOverwrite(rig.table, rig.guild.botMember, { deny: ['Speak'] });
  await rig.join();
  const file = await toneFile(rig.folder(), 880, 300);
  assert.equal((await rig.child.channel.request('sound.play', { file })).playedMs, 300);
  await alice.speak({ tone: 440, ms: 300 });
  assert.ok((await rig.leave()).written >= 15);
});
