import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import type { Button } from '../../notify/index.ts';
import { alice, bob } from '../../testing/index.ts';
import type { Choice } from '../commands/command.ts';
import { QuestionDesk } from './question-desk.ts';

const choice = (label: string): Choice => ({ label, run: async () => null });
const idOf = (button: Button | undefined): string => (button && 'customId' in button ? button.customId : '');

test('of a question one choice is taken, once, by whoever was asked; the others are spent with it', () => {
  const desk = new QuestionDesk(new FakeClock());
  const [yes, no] = desk.ask(alice, [choice('Yes'), choice('No')]);
  const [other] = desk.ask(alice, [choice('Other')]);
  assert.equal(desk.choose(idOf(yes), bob).kind, 'not_yours');
  const chosen = desk.choose(idOf(yes), alice);
  assert.equal(chosen.kind === 'open' && chosen.value.label, 'Yes');
  assert.equal(desk.choose(idOf(yes), alice).kind, 'expired');
  assert.equal(desk.choose(idOf(no), alice).kind, 'expired');
  assert.equal(desk.choose(idOf(other), alice).kind, 'open', 'another question is not touched');
});
