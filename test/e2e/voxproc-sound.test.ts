import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { OggOpusWriter } from '@parley/mux';
import { encodeFrames, loadAudio, type SimPerson } from '@parley/sim';
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

/** Loudness of a person's ears at the bot: frames that are not silent. */
const heardFrames = (person: SimPerson, botUserId: string): number => {
  const pcm = person.heard.get(botUserId)?.pcm ?? new Int16Array();
  let frames = 0;
  for (let at = 0; at + 960 <= pcm.length; at += 960) {
    let peak = 0;
    for (let i = at; i < at + 960; i += 1) peak = Math.max(peak, Math.abs(pcm[i] as number));
    if (peak > 1000) frames += 1;
  }
  return frames;
};

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
