import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compose } from '../../notify/compose.ts';
import { usageOf } from '../arguments/option.ts';
import { commands } from './all.ts';

test('the list of all commands fits a message, with the longest prefix too', () => {
  const list = commands.map(({ name, says, options }) => ({ name, says, usage: usageOf(options) }));
  const { content, wholeText } = compose({ kind: 'help', details: { prefix: '!!!!!', commands: list } });
  assert.equal(wholeText, null);
  for (const { name } of commands) assert.match(content, new RegExp(`\`!!!!!${name}[ \`]`));
});
