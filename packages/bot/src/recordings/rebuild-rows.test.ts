import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SegmentSidecar } from '@parley/mux';
import { openTestStore, tempFolder } from '../store/testing/temp-store.ts';
import { rebuildRows } from './rebuild-rows.ts';
import { newSessionFile } from './session-files.ts';

const guildId = '100000000000000001';
const channelId = '300000000000000001';
const userId = '200000000000000001';
const recordingSessionId = `${guildId}-${channelId}-20270115T080000000Z`;
const at = 1_800_000_000_000;

const file = {
  ...newSessionFile({
    sessionId: '00000000-0000-4000-8000-00000000aaaa',
    recordingSessionId,
    guildId,
    channelId,
    channelName: 'Table',
    startTime: at,
  }),
  status: 'completed',
  endTime: at + 1000,
  durationMs: 1000,
} as const;

const segment = (n: number): SegmentSidecar => ({
  schema: 1,
  recordingSessionId,
  segmentId: `${userId}/${String(n).padStart(12, '0')}-1`,
  userId,
  username: 'ada',
  displayName: 'Ada',
  bot: false,
  part: 1,
  ssrc: [1],
  startSample: n,
  samples: 960,
  startTime: at,
  endTime: at,
  durationMs: 20,
  file: 'x.ogg',
  packets: { received: 1, written: 1, dropped: {}, lost: 0 },
  fill: { lossConcealed: 0, lossSilence: 0, pause: 0 },
  lostBetween: 0,
  lostSamples: 0,
  clock: { rtpStart: 0, offsetSamples: 0, driftPpm: 0, reanchors: [], points: [] },
  bytes: 10,
  pages: 1,
  status: 'closed',
  closedBy: 'silence',
  encryption: { version: 1, failures: 0 },
});

test('a recording of more segments than the store’s queue holds loses none of them', async () => {
  await using folder = await tempFolder();
  await using store = await openTestStore(folder.path);
  const segments = Array.from({ length: 12_000 }, (_, n) => segment(n));
  await rebuildRows(store, { folder: '/r', file: { ...file, segments }, journal: null });
  await store.flush();
  assert.equal(await store.segments.count(recordingSessionId), 12_000);
  assert.equal(store.health().dropped, 0);
});

test('what the store knows besides stays, and a session that was ended in order keeps its reason', async () => {
  await using folder = await tempFolder();
  await using store = await openTestStore(folder.path);
  await rebuildRows(store, { folder: '/r', file, journal: null });
  store.recordings.updated(recordingSessionId, { textChannelId: '400000000000000001' });
  store.sessions.ended(file.sessionId, { endedAt: at + 5000, endReason: 'requested' });
  await rebuildRows(store, { folder: '/r', file, journal: null });
  assert.equal((await store.recordings.get(recordingSessionId))?.textChannelId, '400000000000000001');
  const session = await store.sessions.get(file.sessionId);
  assert.deepEqual([session?.endReason, session?.endedAt], ['requested', at + 5000]);
});
