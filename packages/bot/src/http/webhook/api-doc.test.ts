import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { apiErrorCodes, sessionCompleted } from '@parley/protocol/api';
import { ApiFailure } from '../api/api-failure.ts';
import { signatureOf } from './signature.ts';

const doc = await readFile(join(import.meta.dirname, '..', '..', '..', '..', '..', 'docs', 'api.md'), 'utf8');
const block = (language: string): string => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(doc)?.[1] ?? '';

type Check = (secret: string, signature: string | undefined, body: string | Buffer, now?: number) => boolean;

test('the example in docs/api.md takes what Parley signs, and nothing else', async () => {
  const url = `data:text/javascript,${encodeURIComponent(block('js'))}`;
  const { isFromParley } = (await import(url)) as { readonly isFromParley: Check };
  const now = 1_800_000_000_500;
  const body = '{"name":"Zoë"}';
  const signature = signatureOf('a secret', now, body);
  assert.equal(isFromParley('a secret', signature, Buffer.from(body), now), true);
  assert.equal(isFromParley('another', signature, body, now), false);
  assert.equal(isFromParley('a secret', signature, `${body} `, now), false);
  assert.equal(isFromParley('a secret', signature, body, now + 301_000), false, 'kept and sent again');
  assert.equal(isFromParley('a secret', signature.replace(/t=\d+/, 't=1800000001'), body, now), false);
  assert.equal(isFromParley('a secret', undefined, body, now), false);
});

test('the event in docs/api.md is one the contract knows', () => {
  assert.equal(sessionCompleted.safeParse(JSON.parse(block('json'))).success, true);
});

for (const code of apiErrorCodes)
  test(`docs/api.md names ${code} with its status`, () => {
    assert.ok(doc.includes(`| \`${code}\` | ${new ApiFailure(code).status} |`));
  });
