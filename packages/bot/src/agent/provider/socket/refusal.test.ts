import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeCodes } from '../provider-event.ts';
import { errorOf, fatalCodeOf, refusalInReason, refusalOf } from './refusal.ts';

test('an answer in place of a socket is read by the code in its body first, then by its status', () => {
  for (const [status, body, code] of [
    [401, '', 'key_refused'],
    [403, 'not json', 'key_refused'],
    [402, '', 'quota_exhausted'],
    [400, '', 'bad_config'],
    [404, '', 'bad_config'],
    [404, '{"error":{"code":"model_not_found"}}', 'model_unknown'],
    [429, '', 'rate_limited'],
    [429, '{"error":{"type":"insufficient_quota"}}', 'quota_exhausted'],
    [400, '{"code":"invalid_api_key"}', 'key_refused'],
    [500, '[]', 'handshake_refused'],
    [200, '<html>', 'handshake_refused'],
    [302, '', 'handshake_refused'],
  ] as const) {
    assert.equal(refusalOf(status, body), code, `${status} ${body}`);
  }
});

test('codes that end a conversation are known wherever they stand, and only they', () => {
  assert.equal(fatalCodeOf('insufficient_quota'), 'quota_exhausted');
  assert.equal(fatalCodeOf('response_cancel_not_active'), null);
  assert.equal(fatalCodeOf('constructor'), null);
  assert.equal(fatalCodeOf(null), null);
  assert.equal(refusalInReason('Error: model_not_found (gpt-99)'), 'model_unknown');
  assert.equal(refusalInReason('going down for maintenance'), null);
});

test('what nothing we do again helps against is never retried', () => {
  for (const code of ['key_refused', 'quota_exhausted', 'model_unknown', 'bad_config'] as const) {
    assert.equal(closeCodes[code].retryable, false, code);
  }
});

test('an error is read in its envelope and without one', () => {
  assert.deepEqual(errorOf({ error: { code: 'a', message: 'b', event_id: 'c' } }), {
    code: 'a',
    message: 'b',
    eventId: 'c',
  });
  assert.deepEqual(errorOf({ error: { code: null, type: 'server_error', message: 'b' } }), {
    ...{ code: 'server_error', message: 'b', eventId: null },
  });
  assert.deepEqual(errorOf({ type: 'error', message: 'flat' }), { code: 'error', message: 'flat', eventId: null });
  assert.deepEqual(errorOf({ error: 'only words' }), { code: null, message: 'only words', eventId: null });
});
