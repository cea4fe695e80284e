import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { conversation, piece } from '../testing/resilient-rig.ts';

const kept = [{ role: 'user', text: 'Ben: hello' }] as const;

test('what was said by who withdraws is not said again to another socket, nor told to it as text', async () => {
  const { clock, provider, session, first } = await conversation();
  session.addText({ role: 'user', text: 'Ada: my secret' });
  session.beginTurn();
  session.appendAudio(piece);
  session.endTurn();
  session.forgetSaid(kept);
  first.drop();
  await clock.run(250);
  const second = provider.last;
  assert.deepEqual(second.config.context, kept);
  assert.deepEqual(second.asked, ['connected']);
  await session[Symbol.asyncDispose]();
});

test('who is still speaking is not forgotten with it', async () => {
  const { clock, provider, session, first } = await conversation();
  session.beginTurn();
  session.appendAudio(piece);
  session.endTurn();
  session.beginTurn();
  session.appendAudio(piece);
  session.forgetSaid(kept);
  first.drop();
  await clock.run(250);
  assert.deepEqual(provider.last.asked, ['connected', 'begin', 'audio 960']);
  await session[Symbol.asyncDispose]();
});

test('a socket that knows too much is replaced as soon as nothing is under way, and not resumed by its handle', async () => {
  const { clock, provider, session, first } = await conversation({ resumesByHandle: true });
  first.say({ type: 'resumable', handle: 'h1' });
  session.requestResponse({ modality: 'audio' });
  first.answer('r', 'q1', { finish: false });
  session.forgetSaid(kept);
  first.say({ type: 'resumable', handle: 'h2' });
  await clock.run(1000);
  assert.equal(provider.sessions.length, 1, 'not while it speaks');
  first.finish('r');
  await clock.run(250);
  await settle();
  const { config } = provider.last;
  assert.deepEqual({ context: config.context, handle: config.resumeHandle }, { context: kept, handle: null });
  assert.ok(first.closed);
  await clock.run(10_000, 250);
  assert.equal(provider.sessions.length, 2, 'once');
  await session[Symbol.asyncDispose]();
});

test('a socket that was being opened meanwhile knows too much as well', async () => {
  const { clock, provider, session, first } = await conversation();
  session.addText({ role: 'user', text: 'Ada: my secret' });
  const connecting = Promise.withResolvers<void>();
  provider.connect = () => connecting.promise;
  first.drop();
  await clock.run(250);
  session.forgetSaid(kept);
  connecting.resolve();
  await settle();
  await clock.run(250);
  assert.equal(provider.sessions.length, 3);
  assert.deepEqual(provider.last.config.context, kept);
  await session[Symbol.asyncDispose]();
});

test('words of a turn that was forgotten are told to nobody, what they cost is', async () => {
  const { clock, provider, session, first, events } = await conversation();
  session.beginTurn();
  session.appendAudio(piece);
  session.endTurn();
  session.forgetSaid(kept);
  const usage = { per: 'second', seconds: 2 } as const;
  const words = { type: 'input_transcript', itemId: 'i', text: 'my secret', final: true, confidence: null } as const;
  first.say({ ...words, turnId: 't1', usage });
  await clock.run(250);
  assert.doesNotMatch(JSON.stringify(events), /secret/);
  assert.deepEqual(
    events.filter(({ type }) => type === 'input_transcript').map((event) => 'usage' in event && event.usage),
    [usage],
  );
  assert.deepEqual(provider.last.config.context, kept);
  await session[Symbol.asyncDispose]();
});
