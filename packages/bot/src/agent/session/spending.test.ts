import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { alice, bob } from '../../testing/fake-discord.ts';
import { Ledger } from '../money/ledger.ts';
import { AgentRig } from '../testing/agent-rig.ts';
import type { AgentBudget, Spending } from './agent-budget.ts';

const spendingOf = (speakers: readonly string[], usd: number): Spending => ({
  ...{ role: 'transcription', model: 'm', speakers, audioMs: usd },
});
/** One person may spend 2 in a day, everybody together 10. */
const budget = (): AgentBudget =>
  new Ledger({
    ...{ clock: new FakeClock(), earlier: [], keep: () => undefined, price: ({ audioMs = 0 }) => audioMs },
    caps: { session: 10, personDay: 2, guildDay: 0, totalDay: 0 },
  }).budget({ sessionId: 's', guildId: 'g' });
const kinds = (rig: AgentRig): string[] => rig.said.map(({ kind }) => kind);
const requests = (rig: AgentRig): number => rig.asked.filter((what) => what.startsWith('respond')).length;

test('whatever was paid for, a limit that it reaches sends the agent to rest', async () => {
  const purse = budget();
  await using rig = await AgentRig.live({ budget: purse });
  rig.agent.spent(purse.spent(spendingOf([], 9)));
  assert.equal(rig.agent.state.resting, null);
  rig.agent.spent(purse.spent(spendingOf([], 1)));
  assert.equal(rig.agent.state.resting, 'budget_exhausted');
});

test('who has spent what one person may is not answered and told once; others are answered', async () => {
  const purse = budget();
  await using rig = await AgentRig.live({ budget: purse, guild: { addressing: 'always' } }, [alice, bob]);
  rig.agent.spent(purse.spent(spendingOf([alice], 3)));
  await rig.says(alice);
  await rig.says(alice);
  assert.deepEqual([kinds(rig), requests(rig), rig.agent.state.resting], [['agent_person_spent'], 0, null]);
  assert.deepEqual(rig.asked, ['connected'], 'and nothing they say is sent');
  await rig.says(bob);
  assert.equal(requests(rig), 1);
  rig.provider.last.answer('r1', 'q1', { ms: 100 });
  await settle();
  assert.ok(rig.voxproc.names.includes('speech.begin'));
});

test('a person’s limit does not hide that there is no money for anybody', async () => {
  const purse = budget();
  await using rig = await AgentRig.live({ budget: purse });
  rig.agent.spent(purse.spent(spendingOf([alice], 11)));
  assert.equal(rig.agent.state.resting, 'budget_exhausted');
});

test('what two asked together is answered for the one who may still spend', async () => {
  const purse = budget();
  await using rig = await AgentRig.live(
    { budget: purse, bridge: true, words: 'asr', guild: { addressing: 'always' } },
    [alice, bob],
  );
  const [hers, his] = [await rig.begins(alice), await rig.begins(bob)];
  rig.speaks(hers, alice, 400);
  rig.speaks(his, bob, 400);
  rig.agent.spent(purse.spent(spendingOf([alice], 3)));
  await Promise.all([rig.ends(hers, alice), rig.ends(his, bob)]);
  rig.words.say(hers, 'parley sing something');
  rig.words.say(his, 'parley what time is it');
  await rig.clock.run(2000, 100);
  await settle();
  assert.deepEqual(rig.asked, ['connected', 'user: Bob: parley what time is it', 'respond q1 audio']);
});
