import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { alice, type FakeVoxproc, SessionRig, voiceA } from '../testing/index.ts';

const second = 48_000;

/** A session in which Alice is recorded. */
const start = async (): Promise<SessionRig & AsyncDisposable> => {
  const rig = await SessionRig.start();
  rig.discord.put(alice, voiceA);
  const { kind } = await rig.join();
  assert.equal(kind, 'joined');
  return rig;
};

const after = async (rig: SessionRig, tell: (voxproc: FakeVoxproc) => void) => {
  tell(rig.voxprocs[0] ?? assert.fail('no voxproc'));
  await settle();
  await rig.drive(rig.background.settled());
  return rig.discord.said('reconnected').map(({ details }) => details);
};

test('a connection that is back is spoken of with what its hole says is missing', async () => {
  await using rig = await start();
  const said = await after(rig, (voxproc) => {
    voxproc.tell('connection.state', { state: 'reconnecting', code: 4006 });
    voxproc.tell('connection.state', { state: 'ready' });
    voxproc.tell('recording.hole', { fromSample: second, toSample: 4 * second, reason: 'reconnecting' });
  });
  assert.deepEqual(said, [{ gapMs: 3000 }]);
});

test('a connection that was resumed without a loss is not spoken of', async () => {
  await using rig = await start();
  const said = await after(rig, (voxproc) => {
    voxproc.tell('connection.state', { state: 'reconnecting', attempt: 0 });
    voxproc.tell('connection.state', { state: 'ready' });
  });
  assert.deepEqual(said, []);
});

test('a hole told in parts is spoken of once, as a whole; other holes are not', async () => {
  await using rig = await start();
  const said = await after(rig, (voxproc) => {
    voxproc.tell('connection.state', { state: 'reconnecting' });
    voxproc.tell('recording.hole', { fromSample: 0, toSample: second, reason: 'no_datagrams' });
    voxproc.tell('connection.state', { state: 'ready' });
    voxproc.tell('recording.hole', { fromSample: second, toSample: 2 * second, reason: 'no_datagrams' });
    voxproc.tell('recording.hole', { fromSample: 3 * second, toSample: 4 * second, reason: 'server_deafened' });
  });
  assert.deepEqual(said, [{ gapMs: 2000 }]);
});
