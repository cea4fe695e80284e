/**
 * Holds a conversation that is remembered, then the same in incognito, with everything it has: safety check, tools, failing writes, a log at
 * its most talkative. Arguments: a folder for all files; `end` to end in order, `hang` to wait for a kill after `said` is printed.
 */
import { join } from 'node:path';
import { systemClock } from '@parley/protocol';
import { destination, pino } from 'pino';
import { ToolBox } from '../../agent/tools/tool-box.ts';
import { openStore } from '../../store/index.ts';
import { keywordCheck } from '../recorder/safety-check.ts';
import { TurnRecorder } from '../recorder/turn-recorder.ts';
import { LiveMemory } from '../session/live-memory.ts';
import { ThreadEnder } from '../threads/thread-ender.ts';
import { canary, control } from './canary.ts';
import { ada, ben, guildId } from './sample-turn.ts';

const [folder = '', how = 'end'] = process.argv.slice(2);
const clock = systemClock;
const logger = pino({ level: 'trace' }, destination({ dest: join(folder, 'parley.log'), sync: true }));
const store = await openStore({ file: join(folder, 'parley.db'), clock, logger, driver: 'node' });
let ids = 0;
const memory = new LiveMemory({
  ...{ store, clock, logger, sessionId: 'session', guildId },
  recorder: new TurnRecorder({
    ...{ store, clock, logger, defaultRoute: 'voice' },
    safety: keywordCheck([canary], { route: 'safety', resources: 'Call for help.' }),
  }),
  ender: new ThreadEnder({
    ...{ store, model: null, clock, logger, nameOf: () => 'Ada', mayUseModel: async () => false },
  }),
  newId: () => {
    ids += 1;
    return `id-${ids}`;
  },
  allowed: () => 'persistent',
  present: () => [ada, ben],
  mayRemember: async () => true,
  runtime: () => ({}),
  onFinding: () => undefined,
  nameOf: () => 'Ada',
});
const turns = memory.openTurns();
const say = (turnId: string, text: string): void => {
  turns.requested({ turnId, captureIds: [turnId], speakers: [ada] });
  turns.understood(turnId, text);
  turns.said(turnId, `You said: ${text}.`, '');
  turns.over(turnId, 'heard');
};

say('before', control);
while (memory.session.turnCount === 0) await new Promise((resolve) => setImmediate(resolve));
memory.incognitoOn();
for (let n = 0; n < 20; n += 1) say(`in-${n}`, canary);
const box = new ToolBox({
  ...{ clock, logger, ready: Promise.resolve(), tools: () => memory.tools, may: () => true, ask: async () => true },
});
const never = new AbortController().signal;
for (const [name, args] of [
  ['remember', { text: canary, kind: 'fact' }],
  ['forget', { about: canary }],
  ['recall', { query: canary }],
] as const) {
  await box.call({ callId: name, name, arguments: JSON.stringify(args), speakers: [ada] }, never);
}
await store.flush();
process.stdout.write('said\n');
if (how === 'hang') await new Promise((resolve) => setTimeout(resolve, 60_000));
turns[Symbol.dispose]();
memory[Symbol.dispose]();
await memory.session.close();
await store[Symbol.asyncDispose]();
