import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeAnswer } from './diagnostics.ts';
import { redactText, redactUrl } from './redact.ts';

test('an address keeps its host, path and the names of its query, nothing else', () => {
  for (const [url, clean] of [
    ['wss://api.openai.com/v1/realtime?model=gpt-realtime', 'wss://api.openai.com/v1/realtime?model=…'],
    ['wss://host/path?key=AIzaSecret&alt=ws#token', 'wss://host/path?key=…&alt=…'],
    ['https://me:secret@host/', 'https://user@host/'],
    ['no address', '(no address)'],
  ] as const) {
    assert.equal(redactUrl(url), clean);
  }
});

test('a text loses known secrets, what looks like one, control characters, and all beyond 600 characters', () => {
  for (const [text, clean] of [
    ['the key abcd1234 is wrong', 'the key … is wrong'],
    ['Incorrect API key provided: sk-proj-abcdefgh12.', 'Incorrect API key provided: ….'],
    ['key AIzaSyA1234567890abc', 'key …'],
    ['Authorization: Bearer eyJhbGciOi', 'Authorization: Bearer …'],
    ['the code is key_refused', 'the code is key_refused'],
    ['two\r\nlines\u0000', 'two lines '],
  ] as const) {
    assert.equal(redactText(text, ['abcd1234']), clean);
  }
  assert.equal(redactText('x'.repeat(10_000), []).length, 600);
  assert.equal(redactText('an empty secret hides nothing', ['']), 'an empty secret hides nothing');
});

test('of the headers of an answer only those are told that hold nothing of anybody', () => {
  const told = describeAnswer(
    {
      statusCode: 401,
      statusMessage: 'Unauthorized',
      headers: {
        'x-request-id': 'req_1',
        'set-cookie': ['session=1'],
        authorization: 'Bearer abcd1234',
        server: 'edge',
      },
      body: '{"key":"abcd1234"}',
    },
    ['abcd1234'],
  );
  assert.deepEqual(told.headers, { server: 'edge', 'x-request-id': 'req_1' });
  assert.equal(told.bodyPreview, '{"key":"…"}');
});
