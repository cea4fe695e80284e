import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import type { SpendingRow } from '../../store/rows.ts';
import type { Spending } from '../session/agent-budget.ts';
import { Ledger, type SpendingCaps } from './ledger.ts';

const hour = 3_600_000;
const noCaps: SpendingCaps = { session: 0, personDay: 0, guildDay: 0, totalDay: 0 };

/** A ledger where every second of open time costs a dollar. */
const ledgerWith = (caps: Partial<SpendingCaps>, earlier: readonly SpendingRow[] = []) => {
  const clock = new FakeClock();
  const kept: SpendingRow[] = [];
  const ledger = new Ledger({
    ...{ clock, earlier },
    caps: { ...noCaps, ...caps },
    price: ({ openMs = 0 }) => openMs / 1000,
    keep: (row) => kept.push(row),
  });
  return { clock, kept, ledger };
};
const dollars = (usd: number, ...speakers: string[]): Spending => ({
  ...{ role: 'realtime', model: 'm', speakers },
  openMs: usd * 1000,
});
const inGuild = (guildId: string, sessionId = 's') => ({ guildId, sessionId });

test('without caps anything may be spent', () => {
  const { ledger } = ledgerWith({});
  const budget = ledger.budget(inGuild('g'));
  assert.equal(budget.spent(dollars(1000, 'ada')), null);
  assert.equal(budget.refusal(['ada']), null);
  assert.equal(budget.usd, 1000);
});

const rows: readonly (readonly [string, Partial<SpendingCaps>, string, readonly string[], string | null])[] = [
  ['below the session’s cap', { session: 5 }, 'g', ['ada'], null],
  ['at the session’s cap', { session: 4 }, 'g', ['ada'], 'session'],
  ['at a person’s cap', { personDay: 3 }, 'g', ['ada'], 'person_day'],
  ['another person’s cap', { personDay: 3 }, 'g', ['cleo'], null],
  ['one of several at their cap', { personDay: 3 }, 'g', ['cleo', 'ada'], 'person_day'],
  ['the agent itself has no cap of a person', { personDay: 3 }, 'g', [], null],
  ['at the guild’s cap', { guildDay: 4 }, 'g', [], 'guild_day'],
  ['in all at the cap', { totalDay: 6 }, 'g', [], 'total_day'],
  ['the narrowest is named first', { session: 1, totalDay: 1 }, 'g', [], 'session'],
];
for (const [name, caps, , speakers, cap] of rows) {
  test(`what may be spent: ${name}`, () => {
    const { ledger } = ledgerWith(caps);
    ledger.budget(inGuild('other', 'o')).spent(dollars(2));
    const budget = ledger.budget(inGuild('g'));
    budget.spent(dollars(2, 'ada'));
    budget.spent(dollars(2, 'ada', 'ben'));
    assert.equal(budget.refusal(speakers)?.cap ?? null, cap);
  });
}

test('those who asked together pay in equal parts, and each expense is kept', () => {
  const { kept, ledger } = ledgerWith({});
  ledger.budget(inGuild('g')).spent(dollars(3, 'ada', 'ben'));
  assert.deepEqual(
    kept.map(({ userId, usd }) => [userId, usd]),
    [
      ['ada', 1.5],
      ['ben', 1.5],
    ],
  );
});

test('the expense that reaches a cap says so; what costs nothing is not kept', () => {
  const { kept, ledger } = ledgerWith({ session: 3 });
  const budget = ledger.budget(inGuild('g'));
  assert.equal(budget.spent(dollars(2)), null);
  assert.deepEqual(budget.spent(dollars(1)), { cap: 'session', usd: 3 });
  budget.spent(dollars(0));
  assert.equal(kept.length, 2);
});

test('after 24 hours a day’s cap is free again, a session’s is not', () => {
  const { clock, ledger } = ledgerWith({ session: 2, guildDay: 2 });
  const budget = ledger.budget(inGuild('g'));
  budget.spent(dollars(2));
  clock.advance(24 * hour - 1);
  assert.equal(ledger.budget(inGuild('g', 'next')).refusal([])?.cap, 'guild_day');
  clock.advance(1);
  assert.equal(ledger.budget(inGuild('g', 'next')).refusal([]), null);
  assert.equal(budget.refusal([])?.cap, 'session');
});

test('what was spent before a restart still counts', () => {
  const { clock } = ledgerWith({});
  const row: SpendingRow = {
    ...{ at: clock.now() - hour, guildId: 'g', sessionId: 'before', userId: 'ada' },
    ...{ role: 'realtime', model: 'm', usd: 7 },
  };
  const { ledger } = ledgerWith({ personDay: 7 }, [row]);
  assert.deepEqual(ledger.budget(inGuild('g')).refusal(['ada']), { cap: 'person_day', usd: 7 });
});

test('thousands of expenses leave the window without a trace', () => {
  const { clock, ledger } = ledgerWith({ totalDay: 1 });
  const budget = ledger.budget(inGuild('g'));
  for (let n = 0; n < 3000; n += 1) {
    budget.spent(dollars(0.1, 'ada'));
    clock.advance(1000);
  }
  clock.advance(24 * hour);
  assert.equal(ledger.budget(inGuild('g', 'next')).refusal(['ada']), null);
});

test('a price that is no number spends nothing, and the caps hold on', () => {
  const clock = new FakeClock();
  const prices = [Number.NaN, Number.POSITIVE_INFINITY, 3];
  const caps = { ...noCaps, totalDay: 3 };
  const ledger = new Ledger({ clock, caps, earlier: [], price: () => prices.shift() ?? 0, keep: () => undefined });
  const budget = ledger.budget(inGuild('g'));
  assert.equal(budget.spent(dollars(1)), null);
  assert.equal(budget.spent(dollars(1)), null);
  assert.equal(budget.spent(dollars(1))?.cap, 'total_day');
});
