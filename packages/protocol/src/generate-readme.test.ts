import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errorCodes, exitCodes, voiceEndReasons, warningCodes } from './codes.ts';
import { renderReadme, renderTables } from './generate-readme.ts';
import { catalogue } from './messages.ts';

test('the README states the catalogue as it is: when this fails, run npm run generate', () => {
  const current = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  assert.equal(renderReadme(current), current);
});

test('the tables name every message, every field and every code', () => {
  const tables = renderTables();
  const messages = Object.values(catalogue).flatMap(({ requests, notifications }) => [
    ...Object.entries(requests),
    ...Object.entries(notifications),
  ]);
  const fields = messages.flatMap(([, spec]) => Object.keys(spec.params.shape));
  const codes = [errorCodes, warningCodes, voiceEndReasons, exitCodes].flatMap((table) => Object.keys(table));
  for (const name of [...messages.map(([message]) => message), ...codes])
    assert.ok(tables.includes(`\`${name}\``), name);
  for (const field of fields) assert.match(tables, new RegExp(`\`${field}\\??\``));
});

test('only the part between the markers changes', () => {
  const readme =
    'before\n<!-- generated from the schemas: do not edit below -->\nold\n<!-- end of the generated part -->\nafter\n';
  const rendered = renderReadme(readme);
  assert.ok(rendered.startsWith('before\n<!--') && rendered.endsWith('part -->\nafter\n'));
  assert.ok(!rendered.includes('\nold\n'));
  assert.equal(renderReadme(rendered), rendered);
});

test('a README without its markers is refused', () => {
  assert.throws(() => renderReadme('words'), /lacks the markers/);
});
