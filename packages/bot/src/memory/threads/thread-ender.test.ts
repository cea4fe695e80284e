import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { openTestStore, tempFolder } from '../../store/testing/temp-store.ts';
import type { ChatModel, ChatRequest } from '../../transcripts/text-model/chat-model.ts';
import { noSafetyCheck } from '../recorder/safety-check.ts';
import { TurnRecorder, type VoiceTurn } from '../recorder/turn-recorder.ts';
import { ada, ben, guildId, sampleTurn } from '../testing/sample-turn.ts';
import { ThreadEnder } from './thread-ender.ts';

const summary = JSON.stringify({
  summary: 'p1 and p2 spoke of chess.',
  themes: ['chess'],
  openLoops: [],
  resolved: ['who is white'],
});
const candidates = (...turns: number[]): string =>
  JSON.stringify([{ who: 'p1', kind: 'fact', text: 'plays chess', turns }]);

/** Answers as a text model would; `asked` tells what for. */
class ScriptedModel implements Pick<ChatModel, 'ask'> {
  readonly asked: ('summary' | 'candidates')[] = [];
  answers: { readonly summary: () => string | Promise<string>; readonly candidates: () => string | Promise<string> };

  constructor(answers: ScriptedModel['answers']) {
    this.answers = answers;
  }

  async ask({ instructions, data }: ChatRequest): Promise<string> {
    assert.doesNotMatch(data, /\d{17}/, 'no id goes to the model');
    const kind = instructions.startsWith('You sum up') ? 'summary' : 'candidates';
    this.asked.push(kind);
    return await this.answers[kind]();
  }
}

const opened = async (model: ScriptedModel | null) => {
  const folder = await tempFolder();
  const store = await openTestStore(folder.path, { driver: 'node' });
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const recorder = new TurnRecorder({ store, clock, logger, safety: noSafetyCheck, defaultRoute: 'voice' });
  const open = (threadId: string) =>
    store.memory.opened({
      ...{ threadId, surface: 'discord', ownerId: null, guildId, sessionId: null, createdAt: clock.now() },
    });
  await open('thread');
  const allowed = { model: true };
  const ender = () =>
    new ThreadEnder({
      ...{ store, model, clock, logger, nameOf: (_guild, userId) => (userId === ada ? 'Ada' : 'Ben') },
      mayUseModel: async () => allowed.model,
    });
  let n = 0;
  const say = (change: Partial<VoiceTurn> = {}) => {
    n += 1;
    return recorder.record(sampleTurn({ clientTurnId: `turn-${n}`, userText: `I play chess ${n}`, ...change }));
  };
  return {
    ...{ store, clock, ender, say, open, allowed, memory: store.memory },
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

test('the end of a conversation is one episode and what two turns bear out, in the words of a model', async () => {
  const model = new ScriptedModel({
    summary: () => `\`\`\`json\n${summary}\n\`\`\``,
    candidates: () => candidates(1, 2),
  });
  await using rig = await opened(model);
  await rig.say();
  await rig.say({ speakers: [ada, ben] });
  using ender = rig.ender();
  const end = await ender.end('thread');
  assert.ok(end.finalized);
  assert.equal(end.remembered, 1);
  const [episode] = await rig.memory.episodesOf(ben, 5);
  assert.deepEqual(
    [episode?.summary, episode?.themes, episode?.resolved, episode?.turnCount],
    ['Ada and Ben spoke of chess.', ['chess'], ['who is white'], 2],
  );
  const [memory] = await rig.memory.memoriesOf(ada);
  assert.deepEqual([memory?.text, memory?.scope, memory?.guildId], ['plays chess', 'private', guildId]);
  assert.equal((await rig.memory.thread('thread'))?.state, 'completed');
});

test('however often it is asked, at once and later, a conversation ends once', async () => {
  const model = new ScriptedModel({ summary: () => summary, candidates: () => candidates(1, 2) });
  await using rig = await opened(model);
  await rig.say();
  await rig.say();
  using ender = rig.ender();
  const ends = await Promise.all([ender.end('thread'), ender.end('thread')]);
  assert.equal(ends[0], ends[1]);
  assert.deepEqual(await ender.end('thread'), { finalized: false, why: 'not_open' });
  assert.deepEqual(await rig.ender().end('thread'), { finalized: false, why: 'not_open' });
  assert.deepEqual(model.asked, ['candidates', 'summary']);
  assert.equal((await rig.memory.memoriesOf(ada)).length, 1);
});

const broken: readonly (readonly [string, () => string | Promise<string>])[] = [
  ['fails', () => Promise.reject(new Error('no model'))],
  ['writes no JSON', () => 'They spoke of chess.'],
  ['writes something else', () => '[1]'],
  ['says nothing', () => ''],
];
for (const [name, answer] of broken) {
  test(`a model that ${name} does not keep a conversation from ending: its longest turns are its summary`, async () => {
    await using rig = await opened(new ScriptedModel({ summary: answer, candidates: answer }));
    await rig.say({ userText: 'a rather long question about chess' });
    rig.clock.advance(65_000);
    await rig.say({ userText: 'a short one' });
    using ender = rig.ender();
    assert.ok((await ender.end('thread')).finalized);
    const [episode] = await rig.memory.episodesOf(ada, 5);
    assert.equal(
      episode?.summary,
      'Ada talked with the agent: 2 turns within 1:05.\n“a rather long question about chess”\n“a short one”',
    );
    assert.deepEqual(await rig.memory.memoriesOf(ada), []);
  });
}

test('without a text model, or where somebody said no to it, there is a summary and nothing is remembered', async () => {
  await using without = await opened(null);
  await without.say();
  assert.ok((await without.ender().end('thread')).finalized);
  const model = new ScriptedModel({ summary: () => summary, candidates: () => candidates(1) });
  await using refused = await opened(model);
  refused.allowed.model = false;
  await refused.say();
  assert.ok((await refused.ender().end('thread')).finalized);
  assert.deepEqual(model.asked, []);
  assert.equal((await refused.memory.episodesOf(ada, 5)).length, 1);
});

test('a conversation without a turn ends without an episode', async () => {
  await using rig = await opened(null);
  assert.deepEqual(await rig.ender().end('thread'), { finalized: true, episode: null, remembered: 0 });
  assert.deepEqual(await rig.ender().end('unknown'), { finalized: false, why: 'not_open' });
});

test('a “don’t remember that” drops everything that was held, and a model is not even asked', async () => {
  const model = new ScriptedModel({ summary: () => summary, candidates: () => candidates(1, 2) });
  await using rig = await opened(model);
  await rig.say();
  await rig.say({ userText: 'please don’t remember that', speakers: [ben] });
  await rig.ender().end('thread');
  assert.deepEqual(model.asked, ['summary']);
  assert.deepEqual(await rig.memory.memoriesOf(ada), []);
});

test('one turn is enough of somebody who was here before, and what is known is not remembered twice', async () => {
  const model = new ScriptedModel({ summary: () => summary, candidates: () => candidates(1) });
  await using rig = await opened(model);
  await rig.say();
  await rig.ender().end('thread');
  assert.deepEqual(await rig.memory.memoriesOf(ada), []);
  for (const threadId of ['second', 'third']) {
    await rig.open(threadId);
    await rig.say({ threadId });
    await rig.ender().end(threadId);
    assert.equal((await rig.memory.memoriesOf(ada)).length, 1);
  }
});

test('an end that was interrupted goes on where it was: what was paid for is not paid for again', async () => {
  const model = new ScriptedModel({ summary: () => new Promise(() => undefined), candidates: () => candidates(1, 2) });
  await using rig = await opened(model);
  await rig.say();
  await rig.say();
  void rig.ender().end('thread');
  while (!model.asked.includes('summary')) await new Promise((resolve) => setImmediate(resolve));
  // As after a crash: another process finds it.
  model.answers = { summary: () => summary, candidates: () => '[]' };
  const [left] = await rig.memory.unfinished(0);
  assert.equal(left?.stateDetail, 'summary');
  assert.ok(left);
  const end = await rig.ender().resume(left);
  assert.ok(end.finalized);
  assert.equal(end.remembered, 1);
  assert.deepEqual(model.asked, ['candidates', 'summary', 'summary']);
  assert.equal((await rig.memory.memoriesOf(ada)).length, 1);
});

test('what is forgotten while a model thinks is in neither the episode nor the memory', async () => {
  let meanwhile = async (): Promise<void> => undefined;
  const model = new ScriptedModel({
    summary: async () => {
      await meanwhile();
      return JSON.stringify({ summary: 'p1 and p2 spoke.' });
    },
    candidates: () => candidates(1, 2),
  });
  await using rig = await opened(model);
  await rig.say();
  await rig.say();
  await rig.say({ speakers: [ben], userText: 'from Ben' });
  meanwhile = async () => {
    meanwhile = async () => undefined;
    await rig.store.erasures.forget({ userId: ada, guildId, recordingSessionIds: null });
  };
  const end = await rig.ender().end('thread');
  assert.ok(end.finalized);
  assert.deepEqual([end.episode?.people, end.episode?.turnCount, end.remembered], [[ben], 1, 0]);
  assert.deepEqual(await rig.memory.memoriesOf(ada), []);
});

test('a store that fails leaves the thread as failed, and the next start ends it', async () => {
  await using rig = await opened(null);
  await rig.say();
  const { finished } = rig.memory;
  let fails = true;
  const memory = {
    ...rig.memory,
    finished: async (...args: Parameters<typeof finished>) => {
      if (fails) throw Object.assign(new Error('full'), { code: 'disk_full' });
      return await finished(...args);
    },
  };
  const ender = new ThreadEnder({
    ...{ store: { memory }, model: null, clock: rig.clock, logger: pino({ level: 'silent' }), nameOf: () => 'Ada' },
    mayUseModel: async () => false,
  });
  assert.deepEqual(await ender.end('thread'), { finalized: false, why: 'failed' });
  const [left] = await rig.memory.unfinished(0);
  assert.deepEqual([left?.state, left?.stateDetail], ['failed', 'disk_full']);
  fails = false;
  assert.ok(left);
  assert.ok((await ender.resume(left)).finalized);
});
