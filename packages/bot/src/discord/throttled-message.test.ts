import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import type { UserMessage } from '../notify/index.ts';
import type { SentMessage } from '../session/discord-port.ts';
import { Background } from '../vox/background.ts';
import { editIntervalMs, ThrottledMessage } from './throttled-message.ts';

const version = (seconds: number): UserMessage => ({ kind: 'alone', details: { leavesInMs: seconds * 1000 } });

const rig = () => {
  const clock = new FakeClock();
  const written: string[] = [];
  const state: { fail: Error | null; hold: Promise<void> | null } = { fail: null, hold: null };
  const write = async (how: string, message: UserMessage): Promise<void> => {
    await state.hold;
    if (state.fail) throw state.fail;
    written.push(`${how} ${message.kind === 'alone' ? message.details.leavesInMs / 1000 : message.kind}`);
  };
  const sent: SentMessage = { id: '1', channelId: '2', edit: (message) => write('edit', message) };
  const message = new ThrottledMessage({
    clock,
    background: new Background(pino({ level: 'silent' })),
    post: async (first) => {
      await write('post', first);
      return sent;
    },
  });
  return { clock, written, state, message };
};

test('the first version is posted at once, the last of those that follow 5 s later', async () => {
  const { clock, written, message } = rig();
  message.show(version(1));
  await settle();
  message.show(version(2));
  message.show(version(3));
  await settle();
  assert.deepEqual(written, ['post 1']);
  clock.advance(editIntervalMs);
  await settle();
  assert.deepEqual(written, ['post 1', 'edit 3']);
  clock.advance(10 * editIntervalMs);
  await settle();
  assert.equal(written.length, 2, 'nothing new, nothing edited');
  message.show(version(4));
  await settle();
  assert.deepEqual(written.at(-1), 'edit 4', 'after a pause at once');
});

test('a post that fails is tried again with the next version', async () => {
  const { clock, written, state, message } = rig();
  state.fail = new Error('no');
  message.show(version(1));
  await settle();
  state.fail = null;
  message.show(version(2));
  clock.advance(editIntervalMs);
  await settle();
  assert.deepEqual(written, ['post 2']);
});

test('the last version waits for no time, but for the one that is being written, and none follows it', async () => {
  const { clock, written, state, message } = rig();
  const held = Promise.withResolvers<void>();
  state.hold = held.promise;
  message.show(version(1));
  await settle();
  message.show(version(2));
  const finished = message.finish(version(3));
  held.resolve();
  await finished;
  message.show(version(4));
  clock.advance(10 * editIntervalMs);
  await settle();
  assert.deepEqual(written, ['post 1', 'edit 3']);
  assert.equal(clock.timers, 0);
});
