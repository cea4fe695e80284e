/**
 * Records turns of one thread into the store of a folder, one after the other, each told twice at once, and says each one's number when its
 * receipt is there. Whoever started it kills it.
 */
import { systemClock } from '@parley/protocol';
import { pino } from 'pino';
import { openTestStore } from '../../store/testing/temp-store.ts';
import { noSafetyCheck } from '../recorder/safety-check.ts';
import { TurnRecorder } from '../recorder/turn-recorder.ts';
import { sampleTurn } from './sample-turn.ts';

const [folder = '', from = '0'] = process.argv.slice(2);
await using store = await openTestStore(folder, { driver: 'node' });
const recorder = new TurnRecorder({
  ...{ store, clock: systemClock, logger: pino({ level: 'silent' }), safety: noSafetyCheck, defaultRoute: 'voice' },
});
await store.memory.opened({
  ...{ threadId: 'thread', surface: 'discord', ownerId: null, guildId: null, sessionId: null, createdAt: 0 },
});
for (let n = Number(from); ; n += 1) {
  const turn = sampleTurn({ clientTurnId: `turn-${n}`, userText: `question ${n}` });
  await Promise.all([recorder.record(turn), recorder.record(turn)]);
  process.stdout.write(`${n}\n`);
}
