import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { ToolBox } from '../../agent/tools/tool-box.ts';
import { openTestStore, tempFolder } from '../../store/testing/temp-store.ts';
import type { Audience } from '../context/audience.ts';
import type { MemoryMode } from '../mode.ts';
import { ada, ben, guildId } from '../testing/sample-turn.ts';
import { memoryTools } from './memory-tools.ts';

const opened = async () => {
  const folder = await tempFolder();
  const store = await openTestStore(folder.path, { driver: 'node' });
  const clock = new FakeClock();
  const room = {
    mode: 'persistent' as MemoryMode,
    audience: { kind: 'group', guildId, present: [ada, ben] } as Audience,
    refused: new Set<string>(),
    changes: 0,
  };
  const tools = memoryTools({
    ...{ store, clock, guildId },
    mode: () => room.mode,
    audience: () => room.audience,
    threadId: () => 'thread',
    turnCount: () => 3,
    nameOf: (userId) => (userId === ada ? 'Ada' : 'Ben'),
    mayRemember: async (userId) => !room.refused.has(userId),
    changed: () => {
      room.changes += 1;
    },
  });
  const box = new ToolBox({
    ...{ clock, logger: pino({ level: 'silent' }), tools: () => tools, may: () => true, ask: async () => true },
  });
  const call = async (name: string, args: object, speakers: readonly string[] = [ada]): Promise<string> => {
    const request = { callId: 'c', name, arguments: JSON.stringify(args), speakers };
    const { output } = await box.call(request, new AbortController().signal);
    const { ok, result, error } = JSON.parse(output) as { ok: boolean; result?: string; error?: string };
    return ok ? (result ?? '') : (error ?? '');
  };
  return {
    ...{ store, clock, room, call },
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

test('what somebody wants remembered is kept at once, for themselves unless they say otherwise', async () => {
  await using rig = await opened();
  await rig.call('remember', { text: 'plays chess', kind: 'fact' });
  await rig.call('remember', { text: 'wants short answers', kind: 'preference', visibility: 'guild' }, [ben]);
  assert.deepEqual(
    [...(await rig.store.memory.memoriesOf(ada)), ...(await rig.store.memory.memoriesOf(ben))].map(
      ({ ownerId, text, scope, guildId: where, threadId }) => [ownerId, text, scope, where, threadId],
    ),
    [
      [ada, 'plays chess', 'private', guildId, 'thread'],
      [ben, 'wants short answers', 'guild', guildId, 'thread'],
    ],
  );
  assert.equal(rig.room.changes, 2);
  assert.equal(await rig.call('remember', { text: 'Plays chess', kind: 'fact' }), 'That is remembered already.');
  await rig.call('remember', { text: 'plays chess', kind: 'fact', visibility: 'guild' });
  assert.deepEqual(
    (await rig.store.memory.memoriesOf(ada)).map(({ scope }) => scope),
    ['guild'],
  );
});

test('while others hear nothing private is recalled, and alone only what is one’s own', async () => {
  await using rig = await opened();
  await rig.call('remember', { text: 'canary private of Ada', kind: 'fact' });
  await rig.call('remember', { text: 'canary shared by Ada', kind: 'fact', visibility: 'guild' });
  await rig.call('remember', { text: 'canary private of Ben', kind: 'fact' }, [ben]);
  assert.match(await rig.call('recall', { query: 'canary' }), /shared by Ada/);
  assert.doesNotMatch(await rig.call('recall', { query: 'canary' }), /private/);
  rig.room.audience = { kind: 'group', guildId, present: [ben] };
  assert.doesNotMatch(
    await rig.call('recall', { query: 'canary' }, [ben]),
    /canary/,
    'she is gone, and so is what she shared',
  );
  rig.room.audience = { kind: 'alone', userId: ada };
  const alone = await rig.call('recall', { query: 'canary' });
  assert.match(alone, /private of Ada/);
  assert.doesNotMatch(alone, /Ben/);
});

test('in incognito the memory is neither read nor written, and its state may be asked', async () => {
  await using rig = await opened();
  await rig.call('remember', { text: 'plays chess', kind: 'fact', visibility: 'guild' });
  rig.room.mode = 'incognito';
  assert.equal(await rig.call('remember', { text: 'a canary', kind: 'fact' }), 'refused');
  assert.equal(await rig.call('forget', { about: 'chess' }), 'refused');
  assert.equal(await rig.call('recall', { query: 'chess' }), 'refused');
  assert.deepEqual(JSON.parse(await rig.call('memory_status', {})), { mode: 'incognito', turns: 3, kept: 'nothing' });
  assert.equal((await rig.store.memory.memoriesOf(ada)).length, 1);
});

test('nobody remembers or forgets for another, and two at once for neither', async () => {
  await using rig = await opened();
  await rig.call('remember', { text: 'plays chess', kind: 'fact', visibility: 'guild' });
  assert.equal(await rig.call('forget', { about: 'chess' }, [ben]), 'not_found');
  assert.equal(await rig.call('forget', { about: 'chess' }, [ada, ben]), 'refused');
  assert.equal(await rig.call('remember', { text: 'sails', kind: 'fact' }, [ada, ben]), 'refused');
  assert.equal(await rig.call('remember', { text: 'sails', kind: 'fact' }, []), 'not_permitted');
  assert.equal(await rig.call('forget', { about: 'CHESS' }), 'Forgotten.');
  assert.deepEqual(await rig.store.memory.memoriesOf(ada), []);
});

test('who is not to be remembered is not, by the tool neither', async () => {
  await using rig = await opened();
  rig.room.refused.add(ada);
  assert.equal(await rig.call('remember', { text: 'plays chess', kind: 'fact' }), 'refused');
  assert.deepEqual(await rig.store.memory.memoriesOf(ada), []);
});

test('five changes a minute are made, the sixth is too often', async () => {
  await using rig = await opened();
  for (const text of ['one', 'two', 'three', 'four', 'five']) {
    assert.match(await rig.call('remember', { text, kind: 'fact' }), /^Remembered/);
  }
  assert.equal(await rig.call('remember', { text: 'six', kind: 'fact' }), 'too_often');
  assert.equal(await rig.call('forget', { about: 'one' }), 'too_often');
  assert.equal((await rig.store.memory.memoriesOf(ada)).length, 5);
  rig.clock.advance(60_000);
  assert.match(await rig.call('remember', { text: 'six', kind: 'fact' }), /^Remembered/);
});
