import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsEncrypted, expectedAudio, forAWhile, saidOf, toBot, VoxprocRig } from './voxproc-rig.ts';

test('speech that arrives before encryption is ready is kept and written', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const [alice, bob] = [rig.person('alice'), rig.person('bob')];
  await alice.join(rig.table);
  await bob.join(rig.table);
  rig.sim.faults.setCommitDelay(600);
  const speech = alice.speak({ tone: 440, ms: forAWhile });
  await rig.join();
  await rig.inCall();
  const ready = alice.truth.length;
  await rig.hears(alice, 50);
  alice.stopSpeaking();
  await speech;
  const summary = await rig.leave();
  assert.equal(summary.received + summary.unattributed, toBot(alice.truth));
  const written = await rig.packets(alice);
  assert.equal(written.filter(endsEncrypted).length, 0);
  // What the others said among themselves cannot be opened; from the bot's own keys on all of it is there.
  const said = saidOf(written);
  assert.deepEqual(said, expectedAudio(alice.truth).slice(-said.length));
  assert.ok(said.length >= expectedAudio(alice.truth.slice(ready)).length, JSON.stringify(summary));
  assert.equal(summary.written + (summary.dropped.undecryptable ?? 0), summary.received);
});

test('people who come and go change the keys in mid-speech without a lost packet', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const [alice, bob, carol] = [rig.person('alice'), rig.person('bob'), rig.person('carol')];
  await alice.join(rig.table);
  await bob.join(rig.table);
  await rig.join();
  await rig.inCall();
  const speech = alice.speak({ tone: 440, ms: forAWhile });
  for (let times = 0; times < 2; times += 1) {
    await rig.hears(alice, 20);
    await carol.join(rig.table);
    await rig.sim.until(() => carol.canSend, { what: 'carol among the others' });
    await rig.hears(alice, 20);
    await carol.leave();
  }
  await rig.hears(alice, 20);
  alice.stopSpeaking();
  await speech;
  const summary = await rig.leave();
  assert.deepEqual(saidOf(await rig.packets(alice)), expectedAudio(alice.truth));
  assert.deepEqual(summary.dropped.undecryptable ?? 0, 0);
  assert.deepEqual(new Set(rig.child.all('participant.left').map(({ userId }) => userId)), new Set([carol.userId]));
});

test('a call that stops being encrypted goes on being recorded, and says so', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const [alice, bob] = [rig.person('alice'), rig.person('bob')];
  await alice.join(rig.table);
  await bob.join(rig.table);
  await rig.join();
  await rig.inCall();
  const speech = alice.speak({ tone: 440, ms: forAWhile });
  const epochs = () => rig.sim.call(rig.table).dave.epochs;
  const before = epochs();
  await rig.hears(alice, 30);
  rig.sim.faults.downgradeDave(rig.table);
  await rig.child.until('the warning', () =>
    rig.child.all('warning').find(({ code }) => code === 'encryption_downgraded'),
  );
  await rig.hears(alice, 30);
  rig.sim.faults.downgradeDave(rig.table, false);
  await rig.sim.until(() => epochs() > before && alice.canSend, { what: 'keys again' });
  await rig.hears(alice, 50);
  alice.stopSpeaking();
  await speech;
  const summary = await rig.leave();
  const written = await rig.packets(alice);
  assert.deepEqual(saidOf(written), expectedAudio(alice.truth), JSON.stringify(summary.dropped));
  assert.equal(written.filter(endsEncrypted).length, 0);
  const [encrypted, plain] = [true, false].map((is) => alice.truth.filter((packet) => packet.encrypted === is).length);
  assert.ok(encrypted && plain && encrypted > 60 && plain >= 20, `${encrypted} encrypted, ${plain} plain`);
});

test('what is not encrypted in an encrypted call is not written', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const [alice, mallory] = [rig.person('alice'), rig.person('mallory')];
  await alice.join(rig.table);
  await mallory.join(rig.table);
  await rig.join();
  await rig.inCall();
  await new Promise((resolve) => setTimeout(resolve, 300));
  mallory.corruption = 'plaintext';
  await Promise.all([alice.speak({ tone: 440, ms: 600 }), mallory.speak({ tone: 880, ms: 600 })]);
  const summary = await rig.leave();
  assert.deepEqual(await rig.packets(mallory), []);
  assert.equal(summary.dropped.unencrypted, 30);
  assert.deepEqual(saidOf(await rig.packets(alice)), expectedAudio(alice.truth));
});
