import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EncryptionMode, NetworkModel, SentPacket, SimPerson } from '@parley/sim';
import { endsEncrypted, expectedAudio, forAWhile, saidOf, toBot, VoxprocRig } from './voxproc-rig.ts';

const calls: readonly { readonly dave: boolean; readonly mode: EncryptionMode }[] = [
  { dave: false, mode: 'aead_aes256_gcm_rtpsize' },
  { dave: false, mode: 'aead_xchacha20_poly1305_rtpsize' },
  { dave: true, mode: 'aead_aes256_gcm_rtpsize' },
  { dave: true, mode: 'aead_xchacha20_poly1305_rtpsize' },
];

/** Whether `some` stand in `all` in the same order. */
const isWithin = (some: readonly string[], all: readonly string[]): boolean => {
  let at = 0;
  for (const one of some) at = all.indexOf(one, at) + 1 || Number.POSITIVE_INFINITY;
  return at <= all.length;
};

/** Everything that reached the bot is accounted for, once, and what was said stands in the files in order. */
const assertComplete = async (rig: VoxprocRig, people: readonly SimPerson[]): Promise<void> => {
  const summary = await rig.leave();
  const sent = people.reduce((sum, { truth }) => sum + toBot(truth), 0);
  const dropped = Object.values(summary.dropped).reduce((sum, count) => sum + count, 0);
  assert.equal(summary.received, sent, 'received');
  assert.equal(summary.received, summary.written + dropped, `written and dropped ${JSON.stringify(summary.dropped)}`);
  assert.equal(summary.unattributed, 0);
  for (const person of people) {
    const sidecars = await rig.sidecars(person);
    // Late is only what a simulator that stood still sent too late; then the account names each one that is missing.
    const late = sidecars.reduce((total, { packets }) => total + (packets.dropped.late ?? 0), 0);
    for (const { packets, status, encryption } of sidecars) {
      const sum = Object.values(packets.dropped).reduce((total, count) => total + count, 0);
      assert.equal(packets.received, packets.written + sum);
      assert.equal(status, 'closed');
      assert.equal(encryption.failures, 0);
    }
    const written = await rig.packets(person);
    const said = saidOf(written);
    const expected = expectedAudio(person.truth);
    if (late === 0) assert.deepEqual(said, expected, person.username);
    else assert.deepEqual([said.length, isWithin(said, expected)], [expected.length - late, true], person.username);
    assert.equal(written.filter(endsEncrypted).length, 0);
  }
};

for (const { dave, mode } of calls) {
  test(`two people are recorded exactly, DAVE ${dave ? 1 : 0}, ${mode}`, async () => {
    await using rig = await VoxprocRig.start({ dave, modes: [mode], hearing: false });
    const alice = rig.person('alice');
    const bob = rig.person('bob');
    await alice.join(rig.table);
    await bob.join(rig.table);
    const connected = await rig.join();
    assert.deepEqual([connected.encryptionMode, connected.daveVersion], [mode, dave ? 1 : 0]);
    assert.ok(connected.timings.serverMs > 0 && connected.timings.readyMs >= connected.timings.serverMs);
    await rig.inCall();
    await Promise.all([alice.speak({ tone: 440, ms: 1000 }), bob.speak({ tone: 660, ms: 800 }, { channels: 1 })]);
    await assertComplete(rig, [alice, bob]);
    const spoke = rig.child.all('speaking.started').map(({ userId }) => userId);
    assert.deepEqual(new Set(spoke), new Set([alice.userId, bob.userId]));
    assert.ok((await rig.sidecars(alice)).every(({ encryption }) => encryption.version === (dave ? 1 : 0)));
  });
}

const rough: NetworkModel = { lossPercent: 2, jitterMs: 60, speakingDelayMs: 300, duplicatePercent: 1 };

for (const dave of [false, true]) {
  test(`a rough network with late speaking events loses nothing that arrived, DAVE ${dave ? 1 : 0}`, async () => {
    await using rig = await VoxprocRig.start({ dave, hearing: false, speakingReplay: false });
    const people = [rig.person('alice', { network: rough }), rig.person('bob', { network: rough })] as const;
    for (const person of people) await person.join(rig.table);
    await rig.join();
    await rig.inCall();
    await Promise.all([people[0].speak({ tone: 440, ms: 2500 }), people[1].speak({ tone: 660, ms: 2500 })]);
    const isThere = ({ fate, toBot }: SentPacket) => fate !== 'relayed' || toBot.length > 0;
    await rig.sim.until(() => people.every(({ truth }) => truth.every(isThere)), { what: 'the last packets' });
    await assertComplete(rig, people);
  });
}

test('headers of every shape, padding, RTCP and video are read or passed over', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const odd: NetworkModel[] = [
    { paddingBytes: 7, csrcs: 3, extension: 'three-words', paddingOnlyEvery: 10 },
    { extension: 'none', rtcpEvery: 5, videoEvery: 5, startSequence: 65_520, startTimestamp: 0xffff_f000 },
    { extension: 'two-byte', csrcs: 15 },
    { extension: 'empty', paddingBytes: 1 },
  ];
  const people = odd.map((network, index) => rig.person(`person${index}`, { network }));
  for (const person of people) await person.join(rig.table);
  await rig.join();
  await rig.inCall();
  await Promise.all(people.map(async (person, index) => person.speak({ tone: 300 + 100 * index, ms: 1000 })));
  const { audio, padding } = rig.sim.faults.datagramsTo(rig.sim.botUserId);
  const summary = await rig.leave();
  assert.equal(
    audio,
    people.reduce((sum, { truth }) => sum + toBot(truth), 0),
  );
  assert.equal(summary.received, audio + padding);
  assert.equal(summary.dropped.all_padding, padding);
  for (const person of people) {
    const said = expectedAudio(person.truth).filter((hex) => hex.length > 0);
    assert.deepEqual(saidOf(await rig.packets(person)), said, person.username);
  }
});

test('junk from the voice server and from strangers changes nothing', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const alice = rig.person('alice');
  await alice.join(rig.table);
  await rig.join();
  await rig.inCall();
  const speech = alice.speak({ tone: 440, ms: 1500 });
  await rig.sim.faults.garbage({ count: 200, foreignSocket: true });
  // No more at once than waits for a process that stands still for a moment.
  await rig.child.channel.request('stats.get', {});
  await rig.sim.faults.garbage({ count: 200 });
  await speech;
  const summary = await rig.leave();
  assert.deepEqual(saidOf(await rig.packets(alice)), expectedAudio(alice.truth));
  const dropped = Object.values(summary.dropped).reduce((sum, count) => sum + count, 0);
  assert.equal(summary.received, summary.written + dropped);
  const foreign = (await rig.journal()).find((line) => line.type === 'receive_summary');
  assert.ok(foreign?.type === 'receive_summary' && foreign.foreign === 200, JSON.stringify(foreign));
});

test('who opted out, who is a bot and who opts out in mid-speech', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const [alice, out, robot, leaves] = [
    rig.person('alice'),
    rig.person('out'),
    rig.person('robot', { bot: true }),
    rig.person('leaves'),
  ];
  for (const person of [alice, out, robot, leaves]) await person.join(rig.table);
  await rig.join({ excluded: [out.userId] });
  await rig.inCall();
  const speeches = Promise.all(
    [alice, out, robot, leaves].map(async (person, i) => person.speak({ tone: 300 + 90 * i, ms: forAWhile })),
  );
  await rig.child.until('leaves to be recorded', () =>
    rig.child.all('segment.opened').some(({ sidecar }) => sidecar.userId === leaves.userId),
  );
  const { closedSegmentId } = await rig.child.channel.request('recording.exclude', { userId: leaves.userId });
  const atOptOut = (await rig.packets(leaves)).length;
  assert.ok(closedSegmentId?.startsWith(leaves.userId));
  await rig.hears(leaves, 40);
  for (const person of [alice, out, robot, leaves]) person.stopSpeaking();
  await speeches;
  await rig.leave();
  assert.equal((await rig.packets(leaves)).length, atOptOut);
  assert.deepEqual(await rig.sidecars(out), []);
  assert.deepEqual(await rig.sidecars(robot), []);
  assert.deepEqual(saidOf(await rig.packets(alice)), expectedAudio(alice.truth));
});
