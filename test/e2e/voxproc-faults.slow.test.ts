import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsEncrypted, expectedAudio, forAWhile, saidOf, toBot, VoxprocRig } from './voxproc-rig.ts';

/** One person who speaks, until `stop`, while the bot records; `fault` happens half a second into it. */
const speakThrough = async (rig: VoxprocRig, fault: () => void | Promise<void>) => {
  const alice = rig.person('alice');
  const bob = rig.person('bob');
  await alice.join(rig.table);
  await bob.join(rig.table);
  await rig.join();
  await rig.inCall();
  const speech = alice.speak({ tone: 440, ms: forAWhile });
  await rig.child.until('a segment', () => rig.child.all('segment.opened')[0]);
  await rig.hears(alice, 25);
  await fault();
  const stop = async (): Promise<void> => {
    alice.stopSpeaking();
    await speech;
  };
  return { alice, bob, stop };
};
const states = (rig: VoxprocRig): string[] => rig.child.all('connection.state').map(({ state }) => state);
/** Resolves when the connection is ready for the second time. */
const readyAgain = async (rig: VoxprocRig): Promise<void> => {
  await rig.child.until('ready again', () => states(rig).filter((state) => state === 'ready').length === 2);
};
const holes = (rig: VoxprocRig) => rig.child.all('recording.hole');

/** Nothing is in two places, nothing that arrived is missing, nothing encrypted was written. */
const assertAccounts = async (rig: VoxprocRig, alice: Awaited<ReturnType<typeof speakThrough>>['alice']) => {
  const summary = await rig.leave();
  const dropped = Object.values(summary.dropped).reduce((sum, count) => sum + count, 0);
  assert.equal(summary.received, summary.written + dropped);
  assert.ok(summary.received <= toBot(alice.truth));
  const written = await rig.packets(alice);
  assert.equal(written.filter(endsEncrypted).length, 0);
  const truth = alice.truth.map(({ opus }) => opus.toString('hex'));
  let at = 0;
  for (const packet of saidOf(written)) {
    at = truth.indexOf(packet, at) + 1;
    assert.ok(at > 0, 'what is written was said, in its order');
  }
  return { summary, written };
};

for (const code of [4006, 4009]) {
  test(`after ${code} a new voice session goes on with the recording at once`, async () => {
    await using rig = await VoxprocRig.start({ hearing: false });
    const { alice, stop } = await speakThrough(rig, () => rig.sim.faults.closeVoice(rig.sim.botUserId, code));
    await readyAgain(rig);
    await rig.hears(alice, 50);
    await stop();
    const { written } = await assertAccounts(rig, alice);
    assert.deepEqual(states(rig).filter((state) => state === 'ready').length, 2);
    assert.ok(
      rig.child.all('connection.state').some((report) => report.state === 'reconnecting' && report.code === code),
    );
    const [hole] = holes(rig);
    assert.ok(hole && hole.reason === 'reconnecting', JSON.stringify(hole));
    // A second is how long the next op 4 may have to wait; the rest is for a busy machine.
    assert.ok(hole.toSample - hole.fromSample < 2.5 * 48_000, JSON.stringify(hole));
    assert.equal(saidOf(written).at(-1), expectedAudio(alice.truth).at(-1));
    assert.ok(saidOf(written).length > 60, `${saidOf(written).length} of ${expectedAudio(alice.truth).length}`);
    assert.deepEqual((await rig.sidecars(alice))[0]?.closedBy, 'reconnect');
  });
}

for (const cut of ['4015', 'cut'] as const) {
  test(`the voice socket is resumed after ${cut}, without a hole and without losing a packet`, async () => {
    await using rig = await VoxprocRig.start({ hearing: false });
    const { alice, stop } = await speakThrough(rig, () =>
      cut === 'cut'
        ? rig.sim.faults.resumeVoiceCut(rig.sim.botUserId)
        : rig.sim.faults.closeVoice(rig.sim.botUserId, 4015),
    );
    await rig.hears(alice, 75);
    await stop();
    const { summary } = await assertAccounts(rig, alice);
    assert.equal(summary.received, toBot(alice.truth));
    assert.deepEqual(holes(rig), []);
    assert.equal(rig.sim.op4Log.length, 2);
  });
}

test('a region move costs a moment, and nothing is credited to anybody else', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const { alice, bob, stop } = await speakThrough(rig, () => rig.sim.faults.regionMove(rig.guild));
  await readyAgain(rig);
  await Promise.all([rig.hears(alice, 50), bob.speak({ tone: 700, ms: 500 })]);
  await stop();
  await rig.leave();
  for (const [person, least] of [
    [alice, 60],
    [bob, 20],
  ] as const) {
    const words = new Set(person.truth.map(({ opus }) => opus.toString('hex')));
    const written = saidOf(await rig.packets(person));
    assert.ok(written.every((packet) => words.has(packet)));
    assert.ok(written.length > least, `${person.username} ${written.length}`);
  }
  assert.equal(holes(rig)[0]?.reason, 'reconnecting');
});

test('terminal close codes end the connection with their reason, and the session still closes its books', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const { alice, stop } = await speakThrough(rig, () => rig.sim.faults.closeVoice(rig.sim.botUserId, 4017));
  const ended = await rig.child.until('the end', () =>
    rig.child.all('connection.state').find(({ state }) => state === 'ended'),
  );
  assert.deepEqual([ended.reason, ended.code], ['encryption_required', 4017]);
  await stop();
  await assertAccounts(rig, alice);
});

test('a kick is reported as removed, and not undone', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  await speakThrough(rig, () => rig.sim.faults.kick(rig.sim.botUserId));
  const ended = await rig.child.until('the end', () =>
    rig.child.all('connection.state').find(({ state }) => state === 'ended'),
  );
  assert.equal(ended.reason, 'removed');
  const { channel } = rig.child;
  await channel.request('recording.stop', { reason: 'removed' });
  await assert.rejects(channel.request('session.move', { channelId: rig.hall.id, roster: [] }), {
    code: 'voice_ended',
  });
  assert.deepEqual(await channel.request('session.leave', { reason: 'removed' }), { summary: null });
  assert.equal(rig.sim.op4Log.filter(({ channelId }) => channelId !== null).length, 1);
});

test('a kick that closes the socket first, and a deleted channel, are reported as removed', async () => {
  for (const how of ['kick', 'delete'] as const) {
    await using rig = await VoxprocRig.start({ hearing: false });
    await speakThrough(rig, () =>
      how === 'kick'
        ? rig.sim.faults.kick(rig.sim.botUserId, { closeFirst: true })
        : rig.sim.faults.deleteChannel(rig.table, { closeFirst: true, code: 4022 }),
    );
    const ended = await rig.child.until('the end', () =>
      rig.child.all('connection.state').find(({ state }) => state === 'ended'),
    );
    assert.equal(ended.reason, 'removed');
  }
});

test('a moderator’s move pauses the recording at once, is reported, and the connection follows', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const { alice } = await speakThrough(rig, () => rig.sim.faults.moveMember(rig.sim.botUserId, rig.hall));
  const moved = await rig.child.until('the move', () =>
    rig.child.all('connection.state').find(({ state }) => state === 'moved'),
  );
  assert.equal(moved.channelId, rig.hall.id);
  await rig.child.until('ready there', () =>
    rig.child.all('connection.state').some(({ state, channelId }) => state === 'ready' && channelId === rig.hall.id),
  );
  const carol = rig.person('carol');
  await carol.join(rig.hall);
  rig.child.channel.notify('roster.changed', rig.entry(carol));
  await carol.speak({ tone: 500, ms: 400 });
  const { summary } = await rig.child.channel.request('recording.stop', { reason: 'moved' });
  assert.ok(summary.segments === 1);
  assert.deepEqual(await rig.sidecars(carol), []);
  assert.equal((await rig.sidecars(alice))[0]?.closedBy, 'moved');
  const connected = await rig.child.channel.request('session.move', {
    channelId: rig.hall.id,
    roster: [rig.entry(carol)],
  });
  assert.equal(connected.channelId, rig.hall.id);
});

test('the supervisor moves the bot, and a move that fails is taken back', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const alice = rig.person('alice');
  await alice.join(rig.hall);
  await rig.join({ record: true });
  const { channel } = rig.child;
  const elsewhere = { channelId: rig.hall.id, roster: [rig.entry(alice)] };
  await assert.rejects(channel.request('session.move', elsewhere), { code: 'already_recording' });
  await channel.request('recording.stop', { reason: 'move' });
  assert.equal((await channel.request('session.move', elsewhere)).channelId, rig.hall.id);
  await rig.inCall(rig.hall);
  await channel.request('recording.start', { recording: await rig.recording() });
  await alice.speak({ tone: 440, ms: 400 });
  const { summary } = await channel.request('recording.stop', { reason: 'move' });
  assert.ok(summary.written >= 20);
  const locked = rig.guild.addVoiceChannel('Locked');
  rig.guild.setOverwrite(locked, rig.guild.botMember, { deny: ['Connect'] });
  await assert.rejects(channel.request('session.move', { channelId: locked.id, roster: [] }), {
    code: 'voice_timeout',
    details: { movedBack: true },
  });
  await rig.inCall(rig.hall);
});

test('a dead voice server is asked for at most once a second, and found again', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const { stop } = await speakThrough(rig, () => rig.sim.faults.killVoiceServer());
  const from = performance.now();
  const { op4Log } = rig.sim;
  await stop();
  await rig.sim.until(() => op4Log.length >= 5, { what: 'four more voice state updates' });
  const times = op4Log.map(({ atMs }) => atMs);
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  const deadMs = performance.now() - from;
  // A second by the sender's clock; a busy machine may squeeze two together on the way.
  assert.ok(Math.min(...gaps.slice(1)) >= 700, `ms apart: ${gaps.join(', ')}`);
  assert.ok(deadMs > 2500, `four more within ${deadMs} ms`);
  await rig.sim.faults.reviveVoiceServer();
  await readyAgain(rig);
  // How far it reaches is known when it is known whether anybody spoke before the keys were there.
  const hole = await rig.child.until('the hole', () => holes(rig)[0]);
  assert.ok(hole.reason === 'reconnecting', JSON.stringify(hole));
  assert.ok(hole.toSample - hole.fromSample > (deadMs - 270) * 48, `${JSON.stringify(hole)}, dead for ${deadMs} ms`);
});

test('a black hole is noticed by the next speech, probed, and left by a new voice session', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  // What the voice server says right after connecting is of the past: speech counts from a second on.
  const { alice, bob, stop } = await speakThrough(rig, async () => {});
  await rig.hears(alice, 35);
  await stop();
  rig.sim.faults.udpBlackhole(10 * forAWhile);
  const lost = bob.speak({ tone: 660, ms: forAWhile });
  await rig.child.until('the suspicion', () => rig.child.all('warning').find(({ code }) => code === 'no_datagrams'));
  await rig.child.until('the new session', () => states(rig).at(-1) === 'reconnecting');
  rig.sim.faults.udpBlackhole(0);
  await rig.child.until('ready', () => states(rig).at(-1) === 'ready');
  await rig.hears(bob, 50);
  bob.stopSpeaking();
  await lost;
  const hole = await rig.child.until('the hole', () => holes(rig)[0]);
  assert.equal(hole.reason, 'no_datagrams');
  assert.ok(hole.toSample - hole.fromSample > 10 * 48_000, JSON.stringify(hole));
  await rig.leave();
});

test('server deafening is a hole of its own and no reason to reconnect', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const { alice, stop } = await speakThrough(rig, () => rig.sim.faults.serverDeafen(rig.sim.botUserId, true));
  await rig.child.until('the warning', () => rig.child.all('warning').find(({ code }) => code === 'server_deafened'));
  const said = alice.truth.length;
  await rig.sim.until(() => alice.truth.length >= said + 40, { what: 'speech that is not heard' });
  rig.sim.faults.serverDeafen(rig.sim.botUserId, false);
  const hole = await rig.child.until('the hole', () => holes(rig)[0]);
  assert.ok(hole.reason === 'server_deafened' && hole.toSample - hole.fromSample > 0.5 * 48_000);
  await stop();
  await rig.leave();
  assert.equal(rig.sim.op4Log.filter(({ channelId }) => channelId !== null).length, 1);
});

test('the end of stdin closes the segments as orphaned', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const { alice } = await speakThrough(rig, async () => {});
  rig.child.process.stdin?.end();
  assert.equal((await rig.child.exited).code, 75);
  const [sidecar] = await rig.sidecars(alice);
  assert.deepEqual([sidecar?.status, sidecar?.closedBy], ['closed', 'orphaned']);
});

test('one person who cannot be decrypted is told of and recovered from, and costs the others next to nothing', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const [alice, mallory] = [rig.person('alice'), rig.person('mallory')];
  await alice.join(rig.table);
  await mallory.join(rig.table);
  await rig.join();
  await rig.inCall();
  mallory.corruption = 'undecryptable';
  const speeches = [alice, mallory].map((person, at) => person.speak({ tone: 440 * (at + 1), ms: forAWhile }));
  const warning = await rig.child.until('the warning', () =>
    rig.child.all('warning').find(({ code }) => code === 'user_undecryptable'),
  );
  assert.equal(warning.userId, mallory.userId);
  mallory.corruption = 'none';
  // The recovery itself may be a moment without keys, for everybody.
  const hole = await rig.child.until('the end of the hole', () =>
    rig.child.all('recording.hole').find(({ userId }) => userId === mallory.userId),
  );
  assert.equal(hole.reason, 'undecryptable');
  assert.ok(hole.toSample - hole.fromSample > 2 * 48_000);
  for (const person of [alice, mallory]) await rig.hears(person, 50);
  for (const person of [alice, mallory]) person.stopSpeaking();
  await Promise.all(speeches);
  const summary = await rig.leave();
  assert.equal((await rig.packets(mallory)).filter(endsEncrypted).length, 0);
  const mallorys = saidOf(await rig.packets(mallory));
  assert.ok(mallorys.length > 45, `${mallorys.length} packets after the hole`);
  assert.deepEqual(mallorys, expectedAudio(mallory.truth).slice(-mallorys.length));
  const lost = expectedAudio(alice.truth).length - saidOf(await rig.packets(alice)).length;
  assert.ok(lost < 50, `${lost} of ${expectedAudio(alice.truth).length} packets of somebody else lost`);
  assert.ok((summary.dropped.undecryptable ?? 0) > 100);
});
