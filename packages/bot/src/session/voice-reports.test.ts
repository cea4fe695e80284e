import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { alice, type FakeVoxproc, SessionRig, someStats, voiceA, voiceA2 } from '../testing/index.ts';

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

const receivedTotal = async (rig: SessionRig): Promise<number> => {
  const metrics = await rig.services.metrics.registry.getMetricsAsJSON();
  return metrics.find(({ name }) => name === 'parley_packets_received_total')?.values[0]?.value ?? Number.NaN;
};

test('packets are counted over all recordings of a session, up to the last one', async () => {
  let total = 0;
  await using rig = await SessionRig.start({
    scripts: [
      {
        on: {
          'session.move': ({ channelId }) => ({
            channelId,
            encryptionMode: 'aead_aes256_gcm_rtpsize',
            daveVersion: 1,
            timings: { serverMs: 1, readyMs: 2 },
          }),
          'recording.stop': () => {
            const recordingSessionId = '100000000000000001-200000000000000001-20260101T000000000Z';
            const none = { segments: 0, written: 0, dropped: {}, lost: 0, unattributed: 0, speakers: 0 };
            return {
              summary: { recordingSessionId, endSample: 1, received: total, ...none },
            };
          },
        },
      },
    ],
  });
  rig.discord.put(alice, voiceA);
  await rig.join();
  const [voxproc] = rig.voxprocs;
  const tell = async (received: number) => {
    voxproc?.tell('stats', { ...someStats, received });
    await settle();
    return await receivedTotal(rig);
  };
  assert.equal(await tell(100), 100);
  total = 120;
  rig.discord.put(alice, voiceA2);
  assert.equal((await rig.join()).kind, 'switched');
  assert.equal(await receivedTotal(rig), 120);
  assert.equal(await tell(150), 270);
  total = 160;
  await rig.drive(rig.coordinator.shutdown(), 10);
  assert.equal(await receivedTotal(rig), 280);
});

test('troubles of playing are counted by their kind', async () => {
  await using rig = await start();
  const playout = {
    ...{ latenessP99Ms: 1, lateFrames: 0, droppedFrames: 0 },
    ...{ underruns: 1, speechMissing: 0, speechDropped: 0 },
  };
  await after(rig, (voxproc) => {
    voxproc.tell('stats', { ...someStats, playout });
    voxproc.tell('stats', { ...someStats, playout: { ...playout, underruns: 3 } });
  });
  const counted = await rig.services.metrics.registry.metrics();
  assert.match(counted, /^parley_playout_troubles_total\{kind="underrun"\} 3$/m);
});
