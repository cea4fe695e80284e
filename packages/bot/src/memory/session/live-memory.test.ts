import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { openTestStore, tempFolder } from '../../store/testing/temp-store.ts';
import { noSafetyCheck } from '../recorder/safety-check.ts';
import { TurnRecorder } from '../recorder/turn-recorder.ts';
import { ada, ben, guildId } from '../testing/sample-turn.ts';
import { LiveMemory } from './live-memory.ts';

const opened = async () => {
  const folder = await tempFolder();
  const store = await openTestStore(folder.path, { driver: 'node' });
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const room = { present: [ada, ben] };
  for (const [ownerId, scope] of [
    [ada, 'guild'],
    [ada, 'private'],
    [ben, 'guild'],
  ] as const) {
    const text = `canary ${ownerId === ada ? 'Ada' : 'Ben'} ${scope}`;
    await store.memory.remember({
      ...{ ownerId, guildId, scope, kind: 'preference', text, threadId: null, createdAt: 1, updatedAt: 1 },
    });
  }
  let ids = 0;
  const memory = new LiveMemory({
    ...{ store, clock, logger, sessionId: 'session', guildId },
    recorder: new TurnRecorder({ store, clock, logger, safety: noSafetyCheck, defaultRoute: 'voice' }),
    ender: { end: async () => ({ finalized: false, why: 'not_open' }) },
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    allowed: () => 'persistent',
    present: () => room.present,
    mayRemember: async () => true,
    runtime: () => ({}),
    onFinding: () => undefined,
    nameOf: () => 'somebody',
  });
  const told: string[] = [];
  memory.follow({ context: () => told.push('context'), thread: () => told.push('thread') });
  const canaries = async (): Promise<string[]> => {
    for (let n = 0; n < 30; n += 1) await settle();
    return (memory.context.match(/canary [A-Za-z ]+/g) ?? []).toSorted();
  };
  return {
    ...{ memory, room, told, canaries, store },
    [Symbol.asyncDispose]: async () => {
      memory[Symbol.dispose]();
      await memory.session.close();
      await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

test('instructions tell what those present share, and of whoever leaves nothing from that moment on', async () => {
  await using the = await opened();
  assert.deepEqual(await the.canaries(), ['canary Ada guild', 'canary Ben guild']);
  the.room.present = [ben];
  assert.match(the.memory.context, /Ben guild/);
  assert.doesNotMatch(the.memory.context, /Ada/, 'at once, before anything is read');
  the.memory.peopleChanged();
  assert.deepEqual(await the.canaries(), ['canary Ben guild']);
  the.room.present = [ada, ben];
  the.memory.peopleChanged();
  assert.deepEqual(await the.canaries(), ['canary Ada guild', 'canary Ben guild']);
  assert.ok(the.told.includes('context'), 'the model is told of it');
});

test('in incognito the instructions hold nothing that is remembered, and the conversation begins anew both ways', async () => {
  await using the = await opened();
  await the.canaries();
  assert.ok(the.memory.incognitoOn());
  assert.equal(the.memory.context, '');
  assert.ok(the.memory.isIncognito);
  the.memory.peopleChanged();
  assert.deepEqual(await the.canaries(), []);
  assert.equal(the.memory.incognitoOff(ada, true).kind, 'off');
  assert.deepEqual(the.told.filter((what) => what === 'thread').length, 2);
  assert.deepEqual(await the.canaries(), ['canary Ada guild', 'canary Ben guild']);
});

test('of who says no nothing is told any more, and what somebody shares is told at once', async () => {
  await using the = await opened();
  await the.canaries();
  the.memory.forget(ada);
  assert.doesNotMatch(the.memory.context, /Ada/);
  const [own] = (await the.store.memory.memoriesOf(ben)).filter(({ scope }) => scope === 'guild');
  await the.store.memory.changeMemory(own?.id ?? 0, ben, { scope: 'private' }, 2);
  the.memory.changed();
  assert.deepEqual(await the.canaries(), ['canary Ada guild'], 'read anew');
});
