import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsEncrypted, saidOf, toBot, VoxprocRig } from './voxproc-rig.ts';

/** One person who speaks for `ms` while the bot records; `fault` happens half a second into it. */
const speakThrough = async (rig: VoxprocRig, ms: number, fault: () => void | Promise<void>) => {
  const alice = rig.person('alice');
  const bob = rig.person('bob');
  await alice.join(rig.table);
  await bob.join(rig.table);
  await rig.join();
  await rig.inCall();
  const speech = alice.speak({ tone: 440, ms });
  await rig.child.until('a segment', () => rig.child.all('segment.opened')[0]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await fault();
  return { alice, bob, speech };
};
const states = (rig: VoxprocRig): string[] => rig.child.all('connection.state').map(({ state }) => state);
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
    const { alice, speech } = await speakThrough(rig, 3000, () => rig.sim.faults.closeVoice(rig.sim.botUserId, code));
    await speech;
    const { written } = await assertAccounts(rig, alice);
    assert.deepEqual(states(rig).filter((state) => state === 'ready').length, 2);
    assert.ok(
      rig.child.all('connection.state').some((report) => report.state === 'reconnecting' && report.code === code),
    );
    const [hole] = holes(rig);
    assert.ok(hole && hole.reason === 'reconnecting' && hole.toSample - hole.fromSample < 48_000, JSON.stringify(hole));
    assert.ok(saidOf(written).length > 100, `${saidOf(written).length} of 150`);
    assert.deepEqual((await rig.sidecars(alice))[0]?.closedBy, 'reconnect');
  });
}

for (const cut of ['4015', 'cut'] as const) {
  test(`the voice socket is resumed after ${cut}, without a hole and without losing a packet`, async () => {
    await using rig = await VoxprocRig.start({ hearing: false });
    const { alice, speech } = await speakThrough(rig, 2000, () =>
      cut === 'cut'
        ? rig.sim.faults.resumeVoiceCut(rig.sim.botUserId)
        : rig.sim.faults.closeVoice(rig.sim.botUserId, 4015),
    );
    await speech;
    const { summary } = await assertAccounts(rig, alice);
    assert.equal(summary.received, toBot(alice.truth));
    assert.deepEqual(holes(rig), []);
    assert.equal(rig.sim.op4Log.length, 2);
  });
}

test('a region move costs a moment, and nothing is credited to anybody else', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const { alice, bob, speech } = await speakThrough(rig, 3000, () => rig.sim.faults.regionMove(rig.guild));
  await rig.child.until('ready again', () => states(rig).filter((state) => state === 'ready').length === 2);
  await Promise.all([speech, bob.speak({ tone: 700, ms: 500 })]);
  await rig.leave();
  for (const [person, least] of [
    [alice, 100],
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
  const { alice } = await speakThrough(rig, 1500, () => rig.sim.faults.closeVoice(rig.sim.botUserId, 4017));
  const ended = await rig.child.until('the end', () =>
    rig.child.all('connection.state').find(({ state }) => state === 'ended'),
  );
  assert.deepEqual([ended.reason, ended.code], ['encryption_required', 4017]);
  await assertAccounts(rig, alice);
});

test('a kick is reported as removed, and not undone', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  await speakThrough(rig, 1000, () => rig.sim.faults.kick(rig.sim.botUserId));
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
    await speakThrough(rig, 500, () =>
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
  const { alice } = await speakThrough(rig, 1500, () => rig.sim.faults.moveMember(rig.sim.botUserId, rig.hall));
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
  const { speech } = await speakThrough(rig, 1000, () => rig.sim.faults.killVoiceServer());
  await speech;
  await new Promise((resolve) => setTimeout(resolve, 6000));
  const times = rig.sim.op4Log.map(({ atMs }) => atMs);
  for (let i = 2; i < times.length; i += 1) {
    assert.ok(
      (times[i] as number) - (times[i - 1] as number) >= 950,
      `${times.map((at) => at - (times[0] as number))}`,
    );
  }
  assert.ok(times.length >= 3 && times.length <= 7, `${times.length} updates`);
  await rig.sim.faults.reviveVoiceServer();
  await rig.child.until('ready again', () => states(rig).filter((state) => state === 'ready').length === 2, 12_000);
  // How far it reaches is known when it is known whether anybody spoke before the keys were there.
  const hole = await rig.child.until('the hole', () => holes(rig)[0]);
  assert.ok(hole.reason === 'reconnecting' && hole.toSample - hole.fromSample > 5 * 48_000);
});

test('a black hole is noticed by the next speech, probed, and left by a new voice session', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  // What the voice server says right after connecting is of the past: speech counts from a second on.
  const { bob, speech } = await speakThrough(rig, 1200, async () => {});
  await speech;
  rig.sim.faults.udpBlackhole(60_000);
  const lost = bob.speak({ tone: 660, ms: 12_500 });
  await rig.child.until(
    'the suspicion',
    () => rig.child.all('warning').find(({ code }) => code === 'no_datagrams'),
    9000,
  );
  await rig.child.until('the new session', () => states(rig).at(-1) === 'reconnecting', 9000);
  rig.sim.faults.udpBlackhole(0);
  await rig.child.until('ready', () => states(rig).at(-1) === 'ready', 15_000);
  await lost;
  const hole = await rig.child.until('the hole', () => holes(rig)[0]);
  assert.equal(hole.reason, 'no_datagrams');
  assert.ok(hole.toSample - hole.fromSample > 10 * 48_000, JSON.stringify(hole));
  await rig.leave();
});

test('server deafening is a hole of its own and no reason to reconnect', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const { speech } = await speakThrough(rig, 2500, () => rig.sim.faults.serverDeafen(rig.sim.botUserId, true));
  await rig.child.until('the warning', () => rig.child.all('warning').find(({ code }) => code === 'server_deafened'));
  await new Promise((resolve) => setTimeout(resolve, 800));
  rig.sim.faults.serverDeafen(rig.sim.botUserId, false);
  const hole = await rig.child.until('the hole', () => holes(rig)[0]);
  assert.ok(hole.reason === 'server_deafened' && hole.toSample - hole.fromSample > 0.5 * 48_000);
  await speech;
  await rig.leave();
  assert.equal(rig.sim.op4Log.filter(({ channelId }) => channelId !== null).length, 1);
});

test('the end of stdin closes the segments as orphaned', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const { alice } = await speakThrough(rig, 2000, async () => {});
  rig.child.process.stdin?.end();
  assert.equal((await rig.child.exited).code, 75);
  const [sidecar] = await rig.sidecars(alice);
  assert.deepEqual([sidecar?.status, sidecar?.closedBy], ['closed', 'orphaned']);
});
