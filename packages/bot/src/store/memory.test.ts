import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewTurn } from '../memory/memory-rows.ts';
import type { Store } from './store.ts';
import { drivers, openTestStore, tempFolder } from './testing/temp-store.ts';

const ada = '100000000000000001';
const ben = '100000000000000002';
const here = '300000000000000001';
const there = '300000000000000002';
const now = 1_800_000_000_000;

const open = async (store: Store, threadId: string, guildId: string | null = here, ownerId: string | null = null) =>
  await store.memory.opened({ threadId, surface: 'discord', ownerId, guildId, sessionId: null, createdAt: now });

const turn = (threadId: string, clientTurnId: string, change: Partial<NewTurn> = {}): NewTurn => ({
  ...{ threadId, clientTurnId, at: now, channel: 'voice', userText: 'a question', assistantText: 'an answer' },
  ...{ outcome: 'completed', route: 'voice', style: 'voice', diagnostics: { tools: [] }, speakers: [ada] },
  bodyHash: 'hash',
  ...change,
});

for (const { driver, skip } of drivers) {
  test(`with ${driver}, a turn is appended once: repeated, also later, it is the original’s receipt`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    await open(store, 't');
    const first = await store.memory.append(turn('t', 'one'));
    assert.deepEqual(first, { kind: 'recorded', turnCount: 1, at: now });
    await store.memory.append(turn('t', 'two', { at: now + 5 }));
    assert.deepEqual(await store.memory.append(turn('t', 'one', { at: now + 9 })), {
      kind: 'duplicate',
      turnCount: 1,
      at: now,
    });
    assert.deepEqual(await store.memory.append(turn('t', 'one', { bodyHash: 'other' })), { kind: 'conflict' });
    const both = await Promise.all([store.memory.append(turn('t', 'three')), store.memory.append(turn('t', 'three'))]);
    assert.deepEqual(both.map(({ kind }) => kind).toSorted(), ['duplicate', 'recorded']);
    const turns = await store.memory.turns('t');
    assert.equal(turns.length, 3);
    assert.deepEqual(turns[0]?.speakers, [ada]);
    assert.equal((await store.memory.thread('t'))?.turnCount, 3);
  });

  test(`with ${driver}, nothing is appended to a thread that has ended or never was`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    await open(store, 't');
    assert.ok(await store.memory.moved('t', ['open'], 'in_progress', null, now));
    assert.equal(await store.memory.moved('t', ['open'], 'in_progress', null, now), false);
    assert.deepEqual(await store.memory.append(turn('t', 'one')), { kind: 'no_thread' });
    assert.deepEqual(await store.memory.append(turn('x', 'one')), { kind: 'no_thread' });
    assert.deepEqual(
      (await store.memory.unfinished(now)).map(({ threadId }) => threadId),
      ['t'],
    );
  });

  test(`with ${driver}, the end of a thread keeps its episode and what it promoted, and drops its candidates`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    await open(store, 't');
    await store.memory.append(turn('t', 'one'));
    const turnId = (await store.memory.turns('t'))[0]?.id ?? 0;
    const held = { ownerId: ada, kind: 'fact', text: 'plays chess', turnId } as const;
    await store.memory.held('t', [{ ...held, text: 'plays go' }]);
    await store.memory.held('t', [held, { ...held, turnId: turnId + 1 }]);
    assert.deepEqual(await store.memory.candidates('t'), [held], 'in place of the former, and nothing of no turn');
    const memory = {
      ...({ ownerId: ada, guildId: null, scope: 'private', kind: 'fact', text: 'plays chess' } as const),
      ...{ threadId: 't', createdAt: now, updatedAt: now },
    };
    const episode = {
      ...{ threadId: 't', ownerId: null, guildId: here, at: now, summary: 'They played.', themes: ['chess'] },
      ...{ openLoops: [], resolved: [], turnCount: 1, people: [ada, ben] },
    };
    assert.equal(await store.memory.finished('t', { turns: 2, episode, memories: [memory], at: now }), false);
    assert.equal((await store.memory.thread('t'))?.state, 'open', 'a turn is gone: nothing was done');
    assert.ok(await store.memory.finished('t', { turns: 1, episode, memories: [memory], at: now }));
    assert.deepEqual(await store.memory.candidates('t'), []);
    assert.deepEqual(
      (await store.memory.memoriesOf(ada)).map(({ text }) => text),
      ['plays chess'],
    );
    assert.deepEqual(
      (await store.memory.episodesOf(ben, 5)).map(({ people }) => people.toSorted()),
      [[ada, ben]],
    );
    assert.equal((await store.memory.thread('t'))?.state, 'completed');
    assert.equal(await store.memory.priorSessions(ada, 'another'), 1);
    assert.equal(await store.memory.priorSessions(ada, 't'), 0);
  });

  test(`with ${driver}, only its owner changes or forgets a memory; others see what is for the guild`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    const common = { threadId: null, createdAt: now, updatedAt: now, kind: 'fact' } as const;
    const id = await store.memory.remember({
      ...common,
      ownerId: ada,
      guildId: null,
      scope: 'private',
      text: 'a secret',
    });
    await store.memory.remember({ ...common, ownerId: ada, guildId: here, scope: 'guild', text: 'likes tea' });
    assert.deepEqual(
      (await store.memory.guildMemories(here, [ada, ben])).map(({ text }) => text),
      ['likes tea'],
    );
    assert.deepEqual(await store.memory.guildMemories(there, [ada]), []);
    assert.deepEqual(await store.memory.guildMemories(here, [ben]), []);
    assert.equal(await store.memory.changeMemory(id, ben, { text: 'mine' }, now), false);
    assert.equal(await store.memory.forgetMemory(id, ben), false);
    assert.ok(await store.memory.changeMemory(id, ada, { text: 'no secret', scope: 'guild', guildId: here }, now + 1));
    assert.equal((await store.memory.guildMemories(here, [ada])).length, 2);
    assert.ok(await store.memory.forgetMemory(id, ada));
  });

  test(`with ${driver}, of who is forgotten nothing is remembered, and what is repeated is not recorded again`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    for (const [threadId, guildId] of [
      ['h', here],
      ['w', there],
    ] as const) {
      await open(store, threadId, guildId);
      await store.memory.append(turn(threadId, 'both', { speakers: [ada, ben], userText: 'from ada and ben' }));
      await store.memory.append(turn(threadId, 'bens', { speakers: [ben], userText: 'from ben' }));
      const turnId = (await store.memory.turns(threadId)).at(-1)?.id ?? 0;
      await store.memory.held(threadId, [{ ownerId: ada, kind: 'fact', text: 'Ben says that Ada sails', turnId }]);
      await store.memory.remember({
        ...({ ownerId: ada, guildId, scope: 'guild', kind: 'fact', text: 'sails', threadId } as const),
        ...{ createdAt: now, updatedAt: now },
      });
    }
    await open(store, 'own', null, ada);
    await store.memory.append(turn('own', 'one'));
    await store.erasures.forget({ userId: ada, guildId: here, recordingSessionIds: null });
    assert.deepEqual(
      (await store.memory.turns('h')).map(({ userText }) => userText),
      ['from ben'],
    );
    assert.deepEqual(await store.memory.candidates('h'), []);
    assert.equal((await store.memory.turns('w')).length, 2, 'elsewhere it stays');
    assert.equal((await store.memory.append(turn('h', 'both', { bodyHash: 'other' }))).kind, 'duplicate');
    await store.erasures.forget({ userId: ada, guildId: null, recordingSessionIds: null });
    assert.deepEqual(
      (await store.memory.turns('w')).map(({ userText }) => userText),
      ['from ben'],
    );
    assert.deepEqual(await store.memory.memoriesOf(ada), []);
    assert.equal(await store.memory.thread('own'), null);
    assert.ok((await store.departures.purge(there)) > 0);
    assert.equal(await store.memory.thread('w'), null);
  });
}
