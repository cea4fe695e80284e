import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { textOf } from '../compose.ts';
import { kinds, sample } from '../testing/message-samples.ts';
import type { MessageKind, UserMessage } from '../user-message.ts';
import { shouldSend } from '../verbosity.ts';
import { ChatRephraser, rephraseMs, restAfterFailureMs } from './rephraser.ts';

const leaving: UserMessage = { kind: 'leaving', details: { channelId: '300000000000000001' } };

const rig = (answer: () => Promise<Response> | Response) => {
  const clock = new FakeClock();
  const asked: { url: string; init: RequestInit }[] = [];
  const rephraser = new ChatRephraser({
    baseUrl: 'http://127.0.0.1:1/v1/',
    model: 'small',
    apiKey: 'key',
    clock,
    logger: pino({ level: 'silent' }),
    fetch: async (url, init) => {
      asked.push({ url: String(url), init: init ?? {} });
      const aborted = new Promise<never>((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
      return await Promise.race([Promise.resolve(answer()), aborted]);
    },
  });
  return { clock, asked, rephraser };
};
const says = (content: string) => () => Response.json({ choices: [{ message: { content } }] });

test('other words are said when they keep the facts', async () => {
  const { asked, rephraser } = rig(says('Off I go from <#300000000000000001>!'));
  assert.equal(await rephraser.text(leaving), 'Off I go from <#300000000000000001>!');
  const [{ url, init } = { url: '', init: {} }] = asked;
  assert.equal(url, 'http://127.0.0.1:1/v1/chat/completions');
  const body = JSON.parse(String(init.body)) as { model: string; messages: { content: string }[] };
  assert.deepEqual([body.model, body.messages.at(-1)?.content], ['small', textOf(leaving)]);
});

test('the template wins where facts are lost', async () => {
  const { rephraser } = rig(says('Off I go!'));
  assert.equal(await rephraser.text(leaving), textOf(leaving));
});

test('what people agree to, are promised or refused is never put into other words', async () => {
  const { asked, rephraser } = rig(says('All is well.'));
  // Where it is and what it hands over is course of things as much as promise; the facts of both are kept.
  const either: readonly MessageKind[] = ['moved', 'delivered_file'];
  const fixed = kinds.filter((kind) => shouldSend(sample(kind), 'none') && !either.includes(kind));
  assert.ok(fixed.includes('leave_refused') && fixed.includes('recording_notice') && fixed.length > 30);
  for (const kind of fixed) assert.equal(await rephraser.text(sample(kind)), textOf(sample(kind)), kind);
  assert.equal(asked.length, 0);
});

for (const [what, answer] of [
  ['an error', () => Promise.reject(new Error('ECONNREFUSED'))],
  ['a refusal', () => new Response('', { status: 401 })],
  ['no JSON', () => new Response('<html>')],
  ['another shape', () => Response.json({ choices: [] })],
] as const) {
  test(`after ${what} the templates are said for a minute`, async () => {
    const { clock, asked, rephraser } = rig(answer);
    assert.equal(await rephraser.text(leaving), textOf(leaving));
    assert.equal(await rephraser.text(leaving), textOf(leaving));
    assert.equal(asked.length, 1);
    clock.advance(restAfterFailureMs);
    await rephraser.text(leaving);
    assert.equal(asked.length, 2);
    assert.equal(clock.timers, 0);
  });
}

test('an endpoint that does not answer is given up after 1.5 s', async () => {
  const { clock, rephraser } = rig(() => new Promise<Response>(() => undefined));
  const saying = rephraser.text(leaving);
  await settle();
  clock.advance(rephraseMs);
  assert.equal(await saying, textOf(leaving));
});

test('a real endpoint is asked with its key', async () => {
  const headers: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers.authorization);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ choices: [{ message: { content: 'Bye, <#300000000000000001>.' } }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const rephraser = new ChatRephraser({
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    model: 'small',
    apiKey: 'secret',
    clock: new FakeClock(),
    logger: pino({ level: 'silent' }),
  });
  assert.equal(await rephraser.text(leaving), 'Bye, <#300000000000000001>.');
  assert.deepEqual(headers, ['Bearer secret']);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
