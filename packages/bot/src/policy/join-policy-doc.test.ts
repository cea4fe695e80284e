import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { generateJoinPolicyDoc } from './join-policy-doc.ts';

const doc = readFileSync(new URL('../../../../docs/join-policy.md', import.meta.url), 'utf8');

test('the table of the join rules in the documentation is up to date', () => {
  assert.equal(generateJoinPolicyDoc(doc), doc);
});

test('a missing file is begun, and what people wrote around the table stays', () => {
  assert.equal(generateJoinPolicyDoc(generateJoinPolicyDoc('')), generateJoinPolicyDoc(''));
  const written = `${doc}\nOf our own.\n`;
  assert.ok(generateJoinPolicyDoc(written).endsWith('\nOf our own.\n'));
});
