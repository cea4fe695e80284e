import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noUsage } from '../provider-event.ts';
import { conversation, piece, refuse } from '../testing/resilient-rig.ts';

const minute = 60_000;

test('a response that begins to speak and never goes on is ended after 20 s, and nothing late of it is heard', async () => {
  const { clock, session, first, news, paid } = await conversation();
  session.requestResponse({ modality: 'audio' });
  first.answer('r', 'q1', { finish: false });
  news();
  await clock.run(19_900, 100);
  assert.deepEqual(news(), []);
  await clock.run(500, 250);
  assert.deepEqual(news(), ['warning response_stuck', 'finished 1.r failed']);
  assert.equal(first.asked.at(-1), 'cancel r');
  first.say({ type: 'audio', responseId: 'r', itemId: 'r-item', pcm: piece, rate: 24_000 });
  const usage = { ...noUsage, outputAudioTokens: 9 };
  first.finish('r', 'cancelled', usage);
  assert.deepEqual(news(), []);
  assert.deepEqual(paid.at(-1), { kind: 'usage', usage });
  await session[Symbol.asyncDispose]();
});

test('one whose provider waits until it could have been heard is not stuck', async () => {
  const { clock, session, first, news } = await conversation();
  session.requestResponse({ modality: 'audio' });
  first.answer('r', 'q1', { finish: false, ms: 60_000 });
  news();
  await clock.run(79_000, 1000);
  first.finish('r');
  assert.deepEqual(news(), ['finished 1.r completed']);
  await session[Symbol.asyncDispose]();
});

test('a socket that was replaced and never ends what it says is closed', async () => {
  const { clock, provider, session, first } = await conversation({ socketLimitMs: minute });
  await clock.run(25_000, 250);
  session.requestResponse({ modality: 'audio' });
  first.answer('r', 'q1', { finish: false, ms: 30_000 });
  await clock.run(45_000, 250);
  assert.equal(provider.sessions.length, 2);
  assert.equal(first.closed, false, 'it may still have something to say');
  await clock.run(6_000, 250);
  assert.ok(first.closed);
  await session[Symbol.asyncDispose]();
});

test('a call of a response that is gone is answered all the same, and bothers nobody', async () => {
  const { session, first, news } = await conversation();
  const requestId = session.requestResponse({ modality: 'audio' });
  first.say({ type: 'response_started', responseId: 'r', requestId: 'q1' });
  session.cancel(requestId);
  first.say({ type: 'tool_call', responseId: 'r', callId: 'c', name: 'note', arguments: '{}' });
  assert.match(first.asked.at(-1) ?? '', /^result c .*no_longer_wanted/);
  assert.deepEqual(news(), []);
  await session[Symbol.asyncDispose]();
});

test('rotations that fail are 10 s apart, and say nothing against reconnecting when the old socket is lost', async () => {
  const { clock, provider, session, first, news } = await conversation({ socketLimitMs: 60 * minute });
  provider.connect = refuse('unreachable');
  await clock.run(58 * minute, 10_000);
  await clock.run(60_000, 250);
  const attempts = provider.sessions.length - 1;
  assert.ok(attempts >= 6 && attempts <= 7, String(attempts));
  news();
  provider.connect = async () => undefined;
  first.drop();
  await clock.run(250);
  assert.deepEqual(news(), ['warning reconnecting', 'ready fresh']);
  await session[Symbol.asyncDispose]();
});

for (const [code, retryable] of [
  ['unreachable', true],
  ['key_refused', false],
] as const) {
  test(`a conversation that is over by ${code} says whether another may be opened: ${retryable}`, async () => {
    const { clock, provider, session, first, events } = await conversation();
    provider.connect = refuse(code);
    first.drop();
    await clock.run(minute, 250);
    const closed = events.find((event) => event.type === 'closed');
    assert.equal(closed?.type === 'closed' && closed.retryable, retryable);
    await session[Symbol.asyncDispose]();
  });
}
