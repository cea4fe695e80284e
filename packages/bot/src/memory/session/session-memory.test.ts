import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { openTestStore, tempFolder } from '../../store/testing/temp-store.ts';
import type { MemoryMode } from '../mode.ts';
import { keywordCheck } from '../recorder/safety-check.ts';
import { TurnRecorder } from '../recorder/turn-recorder.ts';
import { ada, ben, cleo, guildId } from '../testing/sample-turn.ts';
import { ThreadEnder } from '../threads/thread-ender.ts';
import { AgentTurns, wordsPatienceMs } from './agent-turns.ts';
import { SessionMemory } from './session-memory.ts';
import { retryPausesMs } from './turn-writer.ts';

const opened = async () => {
  const folder = await tempFolder();
  const store = await openTestStore(folder.path, { driver: 'node' });
  const clock = new FakeClock();
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const room = { allowed: 'persistent' as MemoryMode, present: [ada, ben] as string[], refused: new Set<string>() };
  const failing = { appends: 0 };
  const { append } = store.memory;
  const memoryStore = {
    memory: {
      ...store.memory,
      append: async (...args: Parameters<typeof append>) => {
        if (failing.appends > 0) {
          failing.appends -= 1;
          throw new Error('the disk is full');
        }
        return await append(...args);
      },
    },
  };
  const safety = keywordCheck(['danger'], { route: 'safety', resources: 'Call for help.' });
  const found: string[] = [];
  let ids = 0;
  const memory = new SessionMemory({
    ...{ store: memoryStore, clock, logger, sessionId: 'session', guildId },
    recorder: new TurnRecorder({ store: memoryStore, clock, logger, safety, defaultRoute: 'voice' }),
    ender: new ThreadEnder({
      ...{ store, model: null, clock, logger, nameOf: () => 'Ada', mayUseModel: async () => false },
    }),
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    allowed: () => room.allowed,
    present: () => room.present,
    mayRemember: async (userId) => !room.refused.has(userId),
    runtime: () => ({ vendor: 'OpenAI' }),
    onFinding: ({ resources }) => void found.push(resources),
  });
  const agent = new AgentTurns(clock, 'run', (event) => memory.take(event));
  const say = (turnId: string, text: string, speakers: readonly string[] = [ada]) => {
    agent.requested({ turnId, captureIds: [`c-${turnId}`], speakers });
    agent.understood(`c-${turnId}`, text);
    agent.said(turnId, `answer to ${text}`, '');
    agent.over(turnId, 'heard');
  };
  const stored = async (): Promise<string[]> => {
    const threads = await Promise.all([...Array(12).keys()].map((n) => store.memory.turns(`id-${n}`)));
    return threads.flat().map(({ userText }) => userText);
  };
  return {
    ...{ store, clock, memory, room, agent, say, stored, failing, found, lines },
    [Symbol.asyncDispose]: async () => {
      agent[Symbol.dispose]();
      await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

/** Lets writes go through. */
const written = async (): Promise<void> => {
  for (let n = 0; n < 60; n += 1) await settle();
};

test('turns of a session are kept in a thread of their own, and its end is an episode', async () => {
  await using rig = await opened();
  rig.say('t1', 'first');
  rig.say('t2', 'second', [ben]);
  const end = await rig.memory.close();
  assert.ok(end.finalized);
  assert.equal(end.episode?.turnCount, 2);
  assert.deepEqual(end.episode?.people, [ada, ben]);
  assert.deepEqual(await rig.stored(), ['first', 'second']);
  assert.equal(await rig.memory.close().then(({ finalized }) => finalized), true);
  assert.equal(rig.clock.timers, 0);
});

test('an answer that was cut is kept as it was heard, one that failed without words', async () => {
  await using rig = await opened();
  rig.agent.requested({ turnId: 't1', captureIds: ['c1'], speakers: [ada] });
  rig.agent.understood('c1', 'tell me');
  rig.agent.said('t1', 'Once upon', 'a time');
  rig.agent.over('t1', 'heard');
  rig.agent.requested({ turnId: 't2', captureIds: ['c2'], speakers: [ada] });
  rig.agent.understood('c2', 'and then');
  rig.agent.over('t2', 'failed');
  await rig.memory.close();
  const turns = await rig.store.memory.turns(rig.memory.threadId ?? '');
  assert.deepEqual(
    turns.map(({ assistantText, outcome }) => [assistantText, outcome]),
    [
      ['Once upon', 'interrupted'],
      ['', 'connection_interrupted'],
    ],
  );
});

test('words that never come are given up after a while, and hold up nobody', async () => {
  await using rig = await opened();
  rig.agent.requested({ turnId: 't1', captureIds: ['c1'], speakers: [ada] });
  rig.agent.said('t1', 'You are welcome.', '');
  rig.agent.over('t1', 'heard');
  rig.say('t2', 'second');
  await written();
  assert.deepEqual(await rig.stored(), []);
  rig.clock.advance(wordsPatienceMs);
  await written();
  assert.deepEqual(await rig.stored(), ['', 'second']);
  assert.equal(rig.clock.timers, 0);
});

test('from “incognito on” nothing reaches the store, whatever was under way; turns are counted', async () => {
  await using rig = await opened();
  rig.say('t1', 'before');
  rig.agent.requested({ turnId: 't2', captureIds: ['c2'], speakers: [ada] });
  rig.agent.understood('c2', 'half said');
  assert.ok(rig.memory.incognitoOn());
  assert.equal(rig.memory.incognitoOn(), false);
  rig.agent.said('t2', 'half answered', '');
  rig.say('t3', 'a canary');
  assert.equal(rig.memory.turnCount, 1);
  assert.deepEqual(await rig.memory.close(), { finalized: false, why: 'incognito' });
  assert.deepEqual(await rig.stored(), ['before']);
  assert.doesNotMatch(rig.lines.join(''), /canary|half/);
});

test('leaving incognito takes everybody who was there, gone or not', async () => {
  await using rig = await opened();
  rig.memory.incognitoOn();
  rig.room.present = [ada, cleo];
  rig.memory.peopleChanged();
  rig.room.present = [ada];
  assert.deepEqual(rig.memory.incognitoOff(ada, false), { kind: 'waiting', missing: [ben, cleo] });
  assert.deepEqual(rig.memory.incognitoOff(cleo, false), { kind: 'waiting', missing: [ben] });
  assert.equal(rig.memory.mode, 'incognito');
  assert.deepEqual(rig.memory.incognitoOff(ben, false), { kind: 'off' });
  assert.equal(rig.memory.mode, 'persistent');
  assert.deepEqual(rig.memory.incognitoOff(ben, false), { kind: 'unchanged' });
});

test('a manager leaves it alone, and what was said in it is never kept', async () => {
  await using rig = await opened();
  rig.memory.incognitoOn();
  rig.say('t1', 'a canary');
  assert.deepEqual(rig.memory.incognitoOff(cleo, true), { kind: 'off' });
  rig.say('t2', 'after');
  await rig.memory.close();
  assert.deepEqual(await rig.stored(), ['after']);
});

test('agreeing is for one incognito: the next one asks again', async () => {
  await using rig = await opened();
  rig.memory.incognitoOn();
  rig.memory.incognitoOff(ada, true);
  rig.memory.incognitoOn();
  assert.deepEqual(rig.memory.incognitoOff(ben, false), { kind: 'waiting', missing: [ada] });
});

test('what the server forbids nobody in it can switch on, and a change of its settings counts at once', async () => {
  await using rig = await opened();
  rig.room.allowed = 'incognito';
  assert.ok(rig.memory.settingsChanged());
  assert.equal(rig.memory.mode, 'incognito');
  assert.deepEqual(rig.memory.incognitoOff(ada, true), { kind: 'not_allowed' });
  rig.room.allowed = 'persistent';
  assert.ok(rig.memory.settingsChanged(), 'nobody in it asked for it');
  assert.equal(rig.memory.mode, 'persistent');
});

test('a write that fails is repeated under the same id, and given up in the end without its words in the log', async () => {
  await using rig = await opened();
  rig.failing.appends = 2;
  rig.say('t1', 'first canary');
  for (const pauseMs of retryPausesMs.slice(0, 2)) {
    await written();
    rig.clock.advance(pauseMs);
  }
  await written();
  assert.deepEqual(await rig.stored(), ['first canary']);
  rig.failing.appends = 4;
  rig.say('t2', 'second canary');
  for (const pauseMs of retryPausesMs) {
    await written();
    rig.clock.advance(pauseMs);
  }
  rig.say('t3', 'third');
  await rig.memory.close();
  assert.deepEqual(await rig.stored(), ['first canary', 'third']);
  assert.ok(rig.lines.some((line) => line.includes('a turn was not remembered')));
  assert.doesNotMatch(rig.lines.join(''), /canary/);
});

test('the end of a session waits for a write that fails, and repeats it once at once', async () => {
  await using rig = await opened();
  rig.failing.appends = 1;
  rig.say('t1', 'first');
  const end = await rig.memory.close();
  assert.ok(end.finalized);
  assert.deepEqual(await rig.stored(), ['first']);
  assert.equal(rig.clock.timers, 0);
});

test('a conversation that ended because nobody spoke goes on in another thread', async () => {
  await using rig = await opened();
  rig.say('t1', 'first');
  await written();
  const before = rig.memory.threadId ?? '';
  await rig.store.memory.moved(before, ['open'], 'completed', null, 1);
  rig.say('t2', 'second');
  await rig.memory.close();
  assert.notEqual(rig.memory.threadId, before);
  assert.deepEqual(await rig.stored(), ['first', 'second']);
});

test('who may not be remembered is in no turn, and whom it is to forget neither', async () => {
  await using rig = await opened();
  rig.room.refused.add(ben);
  rig.say('t1', 'from both', [ada, ben]);
  rig.agent.requested({ turnId: 't2', captureIds: ['c2'], speakers: [cleo] });
  rig.memory.forget(cleo);
  rig.agent.understood('c2', 'from Cleo');
  rig.agent.said('t2', 'yes', '');
  rig.say('t3', 'from Ada');
  await rig.memory.close();
  assert.deepEqual(await rig.stored(), ['from Ada']);
});

test('the safety check looks in both modes; in incognito it leaves no trace', async () => {
  await using rig = await opened();
  rig.say('t1', 'danger');
  await written();
  rig.memory.incognitoOn();
  rig.say('t2', 'danger again');
  await rig.memory.close();
  assert.deepEqual(rig.found, ['Call for help.', 'Call for help.']);
  assert.deepEqual(await rig.stored(), ['danger']);
});
