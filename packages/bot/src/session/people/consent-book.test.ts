import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { ConsentBook } from './consent-book.ts';

const logger = pino({ level: 'silent' });
const consents = (out: string[], yes: string[]) =>
  ({ consents: { optedOut: async () => new Set(out), optedIn: async () => new Set(yes) } }) as never;
const person = (userId: string, roleIds: string[] = []) => ({ userId, roleIds });

for (const { mode, may, mayNot } of [
  { mode: 'notice', may: [person('new'), person('yes')], mayNot: [person('no')] },
  { mode: 'opt_in', may: [person('yes')], mayNot: [person('new'), person('no')] },
  { mode: 'role', may: [person('new', ['r'])], mayNot: [person('yes'), person('no', ['r'])] },
] as const) {
  test(`in mode ${mode}, ${may.length} may be recorded and ${mayNot.length} may not`, async () => {
    const book = new ConsentBook({ consentMode: mode, consentRoleIds: ['r'] });
    assert.equal(await book.load(consents(['no'], ['yes']), 'g', logger), true);
    for (const one of may) assert.equal(book.mayRecord(one), true, one.userId);
    for (const one of mayNot) assert.equal(book.mayRecord(one), false, one.userId);
  });
}

test('what people decide meanwhile counts at once and survives a reading that does not know it yet', async () => {
  const book = new ConsentBook({ consentMode: 'notice', consentRoleIds: [] });
  await book.load(consents(['early'], []), 'g', logger);
  book.decide('late', 'opted_out');
  book.decide('early', 'opted_in');
  await book.load(consents(['early'], []), 'g', logger);
  assert.deepEqual(book.optedOut, ['late']);
  assert.equal(book.mayRecord(person('early')), true);
});

test('while decisions cannot be read nobody may be recorded but who says yes now', async () => {
  const book = new ConsentBook({ consentMode: 'notice', consentRoleIds: [] });
  const broken = {
    consents: { optedOut: () => Promise.reject(new Error('io')), optedIn: async () => new Set() },
  } as never;
  assert.equal(await book.load(broken, 'g', logger), false);
  assert.equal(book.mayRecord(person('somebody')), false);
  book.decide('somebody', 'opted_in');
  assert.equal(book.mayRecord(person('somebody')), true);
});
