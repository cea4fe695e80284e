import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { PersonalAnswers, personalAnswerLimits } from './personal-answers.ts';

const answer = { kind: 'status_offline', details: { prefix: '!' } } as const;

test('a personal answer opens for its person only, until it is too old', () => {
  const clock = new FakeClock();
  const answers = new PersonalAnswers(clock);
  const id = answers.keep('alice', answer);
  assert.ok(PersonalAnswers.owns(id));
  assert.deepEqual(answers.open(id, 'bob'), { kind: 'not_yours' });
  assert.deepEqual(answers.open(id, 'alice'), { kind: 'open', message: answer });
  assert.deepEqual(answers.open(`${id}x`, 'alice'), { kind: 'expired' });
  clock.advance(personalAnswerLimits.keepMs + 1);
  assert.deepEqual(answers.open(id, 'alice'), { kind: 'expired' });
});

test('beyond the bound the oldest answer goes', () => {
  const answers = new PersonalAnswers(new FakeClock());
  const first = answers.keep('alice', answer);
  for (let index = 0; index < personalAnswerLimits.most; index += 1) answers.keep('bob', answer);
  assert.deepEqual(answers.open(first, 'alice'), { kind: 'expired' });
});
