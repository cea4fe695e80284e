import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptHello, Channel, sayHello } from '../index.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { linkedStreams } from './linked-streams.ts';
import { ScriptedPeer } from './scripted-peer.ts';

const userId = '100000000000000001';

/** A supervisor under test, and the voxproc it speaks with. */
const stage = async () => {
  const clock = new FakeClock();
  const [ours, theirs] = linkedStreams();
  const channel = new Channel({ side: 'supervisor', readable: ours, writable: ours, clock });
  const peer = new ScriptedPeer({ side: 'voxproc', stream: theirs, clock });
  await Promise.all([acceptHello(channel, { logLevel: 'info' }, { clock }), peer.greet()]);
  return { channel, peer, clock };
};

test('a script that is followed passes: answers, refusals, silence, notifications, standing answers', async () => {
  const { channel, peer, clock } = await stage();
  peer.expectRequest('recording.pause').answer({ sample: 7 });
  peer
    .expectRequest('recording.exclude', { userId })
    .answer(({ userId: who }) => ({ closedSegmentId: who, discarded: 0 }));
  peer.expectRequest('recording.pause').refuse('not_recording', 'nothing runs', { since: 5 });
  const silent = peer.expectRequest('session.leave').neverAnswer();
  peer.expectNotification('gateway.available', { available: true });
  peer.always('ping', ({ seq }) => ({ seq, loopDelayP99Ms: 0, controlQueued: 0, rssBytes: 0 }));

  assert.deepEqual(await channel.request('recording.pause', {}), { sample: 7 });
  assert.equal((await channel.request('recording.exclude', { userId })).closedSegmentId, userId);
  await assert.rejects(channel.request('recording.pause', {}), { code: 'not_recording', details: { since: 5 } });
  for (const seq of [1, 2]) assert.equal((await channel.request('ping', { seq })).seq, seq);
  const left = assert.rejects(channel.request('session.leave', { reason: 'asked' }), { code: 'deadline_exceeded' });
  assert.deepEqual(await silent.received, { reason: 'asked' });
  channel.notify('gateway.available', { available: true });
  await clock.run(10_000);
  await left;
  assert.deepEqual(peer.heard, [{ name: 'gateway.available', params: { available: true } }]);
  await peer[Symbol.asyncDispose]();
  assert.equal(clock.timers, 0);
});

test('it plays the supervisor too, and speaks by itself', async () => {
  const clock = new FakeClock();
  const [ours, theirs] = linkedStreams();
  const channel = new Channel({ side: 'voxproc', readable: ours, writable: ours, clock });
  await using peer = new ScriptedPeer({ side: 'supervisor', stream: { readable: theirs, writable: theirs }, clock });
  const [welcome] = await Promise.all([
    sayHello(channel, { version: '1', pid: 1, node: 'v24', capabilities: [] }),
    peer.greet({ logLevel: 'debug', caPem: 'pem' }),
  ]);
  assert.deepEqual([welcome.logLevel, welcome.caPem], ['debug', 'pem']);
  channel.onRequest('recording.include', () => ({}));
  assert.deepEqual(await peer.channel.request('recording.include', { userId }), {});
  const left = peer.expectNotification('participant.left');
  channel.notify('participant.left', { userId });
  assert.deepEqual(await left.received, { userId });
});

test('an expectation that was not met fails the disposal, and rejects whoever waits for it', async () => {
  const { peer } = await stage();
  const pause = peer.expectRequest('recording.pause').answer({ sample: 1 });
  peer.expectNotification('roster.changed');
  await assert.rejects(
    async () => await peer[Symbol.asyncDispose](),
    /the script was not followed: recording.pause never came; roster.changed never came/,
  );
  await assert.rejects(pause.received, /recording.pause never came/);
});

test('a request nothing in the script answers fails it', async () => {
  const { channel, peer } = await stage();
  await assert.rejects(channel.request('stats.get', {}), { code: 'internal', message: /came unexpected/ });
  assert.throws(() => peer.verify(), /stats.get came unexpected/);
});

test('another payload than expected fails it', async () => {
  const { channel, peer } = await stage();
  peer.expectRequest('session.leave', { reason: 'asked' }).answer({ summary: null });
  peer.expectNotification('gateway.available', { available: true });
  await assert.rejects(channel.request('session.leave', { reason: 'empty' }), { code: 'internal' });
  channel.notify('gateway.available', { available: false });
  await settle();
  assert.throws(() => peer.verify(), /session.leave came with another payload.*gateway.available came with another/s);
});

test('an expectation that says nothing about its answer fails it', async () => {
  const { channel, peer } = await stage();
  peer.expectRequest('recording.resume');
  await assert.rejects(channel.request('recording.resume', {}), { code: 'internal' });
  assert.throws(() => peer.verify(), /neither answered, refused nor ignored/);
});

test('a payload that does not match its schema fails it', async () => {
  const { channel, peer } = await stage();
  channel.notify('gateway.available', { available: 'yes' as unknown as boolean });
  await settle();
  assert.throws(() => peer.verify(), /invalid_notification gateway.available/);
});
