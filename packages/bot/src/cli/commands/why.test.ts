import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { openStore } from '../../store/index.ts';
import { exitCodes } from '../command.ts';
import { CliRig } from '../testing/cli-rig.ts';

const [guildId, ada] = ['100000000000000001', '200000000000000001'];
const startedAt = Date.UTC(2027, 0, 15, 20);

test('parley why tells the decisions and the answer around a time, and nothing of what was said', async () => {
  await using rig = await CliRig.start();
  {
    await using store = await openStore({
      ...{ file: join(rig.cwd, 'data', 'parley.db'), clock: new FakeClock(), logger: pino({ level: 'silent' }) },
      driver: 'node',
    });
    store.sessions.started({
      ...{ sessionId: 's1', guildId, channelId: '1', textChannelId: '2', requestedByUserId: ada, startedAt },
      ...{ mode: 'openai_realtime', bootId: 'b', endedAt: null, endReason: null, originUs: 0 },
    } as Parameters<typeof store.sessions.started>[0]);
    const row = (seconds: number, kind: string, userId: string | null, data: unknown) =>
      store.agentLog.add({ at: startedAt + seconds * 1000, guildId, sessionId: 's1', userId, kind, data });
    row(600, 'decision', ada, { about: 'address', verdict: 'not_addressed', captureId: 'c1' });
    row(750, 'decision', ada, { about: 'address', verdict: 'wake_name', captureId: 'c2' });
    row(752, 'turn', ada, {
      ...{ turnId: 't1', outcome: 'cut', heardMs: 1280, leadingSilenceMs: 40, speakers: [ada], why: 'wake_name' },
      stages: { speech_end: 0, capture_end: 320, request: 330, first_audio: 900, first_packet: 965 },
    });
    row(900, 'state', null, { state: 'resting', reason: 'inactive' });
  }
  const { code, out } = await rig.run(['why', 's1', '12:30']);
  assert.equal(code, exitCodes.done);
  assert.match(out, /750\.000 s {2}address {3}wake_name \(<@200000000000000001>\): the bot was called by its name/);
  assert.match(out, /answer {4}cut, 1280 ms of it heard/);
  assert.match(out, /965 ms {2}the first packet of the answer was sent/);
  assert.doesNotMatch(out, /not_addressed|resting/, 'too early and too late');
  assert.match((await rig.run(['why', 's1', '2027-01-15T20:15:00Z'])).out, /agent {5}resting \(inactive\)/);
  assert.match((await rig.run(['why', 's1', '1:00:00'])).out, /decided nothing then/);
  assert.match((await rig.run(['why', 's2', '0'])).err, /there is no session s2/);
  assert.equal((await rig.run(['why', 's1', 'yesterday'])).code, exitCodes.usage);
});
