import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noUsage } from '../provider-event.ts';
import { conversation } from '../testing/resilient-rig.ts';

const usage = { ...noUsage, inputAudioTokens: 500 };
const openMs = (paid: readonly { kind: string; ms?: number }[]): number =>
  paid.reduce((sum, { ms = 0 }) => sum + ms, 0);

test('open time is told while a socket is open, each millisecond of it once', async () => {
  const { clock, session, paid } = await conversation();
  await clock.run(9_750, 250);
  assert.equal(openMs(paid), 0);
  await clock.run(250);
  assert.equal(openMs(paid), 10_000);
  await clock.run(65_100, 250);
  await session[Symbol.asyncDispose]();
  assert.equal(openMs(paid), 75_100);
});

test('a response that is taken back before anything of it came is paid for all the same', async () => {
  const { session, first, paid, news } = await conversation();
  const requestId = session.requestResponse({ modality: 'audio' });
  first.say({ type: 'response_started', responseId: 'r', requestId: 'q1' });
  session.cancel(requestId);
  first.finish('r', 'cancelled', usage);
  assert.deepEqual(paid, [{ kind: 'usage', usage }]);
  assert.deepEqual(news(), []);
  await session[Symbol.asyncDispose]();
});

test('so is one that failed, or was asked for again, and one that is told counts only there', async () => {
  const { clock, session, first, paid, events } = await conversation();
  session.requestResponse({ modality: 'audio' });
  first.say({ type: 'response_started', responseId: 'r1', requestId: 'q1' });
  first.finish('r1', 'failed', usage);
  await clock.run(5250, 250);
  first.say({ type: 'response_started', responseId: 'r2', requestId: 'q2' });
  await clock.run(5250, 250);
  first.finish('r2', 'cancelled', usage);
  first.answer('r3', 'q3', { finish: false });
  first.finish('r3', 'completed', usage);
  assert.deepEqual(
    paid.filter(({ kind }) => kind === 'usage'),
    [
      { kind: 'usage', usage },
      { kind: 'usage', usage },
    ],
  );
  assert.equal(events.filter((event) => event.type === 'response_finished' && event.usage === usage).length, 1);
  await session[Symbol.asyncDispose]();
});

test('a late response to a request that was taken back is not told, not taken for the next one, and paid for', async () => {
  const { session, first, paid, news } = await conversation();
  session.cancel(session.requestResponse({ modality: 'audio' }));
  const wanted = session.requestResponse({ modality: 'audio' });
  first.answer('r1', 'q1', { finish: false });
  first.finish('r1', 'cancelled', usage);
  assert.deepEqual(news(), []);
  assert.deepEqual(paid, [{ kind: 'usage', usage }]);
  first.answer('r2', 'q2');
  assert.equal(news()[0], `started 1.r2 ${wanted}`);
  await session[Symbol.asyncDispose]();
});

test('what is told late of a response that was given up is paid for', async () => {
  const { session, first, paid, news } = await conversation();
  first.say({ type: 'late_usage', usage });
  assert.deepEqual(paid, [{ kind: 'usage', usage }]);
  assert.deepEqual(news(), []);
  await session[Symbol.asyncDispose]();
});
