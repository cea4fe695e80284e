import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message, MessageCreateOptions } from 'discord.js';
import { templatesOnly } from '../../notify/index.ts';
import { defaultRateLimit } from '../../notify/user-rate-limiter.ts';
import { bob, guildA, SessionRig, textA } from '../../testing/index.ts';
import type { CommandServices } from '../commands/command.ts';
import { CommandRouter } from './router.ts';

const asked = 1000;
const minuteMs = 60_000;
/** What one person can get done in that minute: the burst, and what is refilled meanwhile. */
const allowance = defaultRateLimit.burst + minuteMs / defaultRateLimit.refillMs;

/** How the answer to one command too many begins. */
const tooMuch = 'That was a bit much.';

/** The router on a rig, and what it posts. */
const open = async () => {
  const rig = await SessionRig.start();
  const { services, coordinator, consents } = rig;
  const posted: string[] = [];
  const router = new CommandRouter({
    // Of all that commands may use, these use what is here.
    ...({ ...services, coordinator, consents } as unknown as CommandServices),
    botUserId: '100000000000000099',
    rephraser: templatesOnly,
  });
  const say = async (userId: string, content: string): Promise<void> => {
    // What the router reads of a message.
    const message = {
      inGuild: () => true,
      ...{
        guildId: guildA,
        channelId: textA,
        content,
        webhookId: null,
        member: {},
        author: { id: userId, bot: false },
      },
      channel: { send: async ({ content: said }: MessageCreateOptions) => void posted.push(said ?? '') },
    };
    await router.onMessage(message as unknown as Message);
  };
  const counted = async (): Promise<number> =>
    Number(/^parley_rate_limited_total (\d+)/m.exec(await services.metrics.registry.metrics())?.[1] ?? Number.NaN);
  const kept = () => ({ timers: rig.clock.timers, background: rig.background.size, guilds: coordinator.busyGuilds });
  return { rig, posted, say, counted, kept, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
};

/** Everybody asks in turn, evenly over a minute. */
const ask = async (the: Awaited<ReturnType<typeof open>>, people: number, line: (n: number) => string) => {
  for (let n = 0; n < asked; n += 1) {
    await the.say(String(200_000_000_000_000_000n + BigInt(n % people)), line(n));
    the.rig.clock.advance(minuteMs / asked);
  }
};

for (const people of [1, 10]) {
  const who = people === 1 ? 'one person' : `${people} people`;
  test(`1,000 commands in a minute from ${who} are answered as often as the rate allows, and the rest is counted`, async (t) => {
    await using the = await open();
    const before = the.kept();
    await ask(the, people, (n) => (n % 3 === 0 ? '!jion' : '!status'));
    const refused = await the.counted();
    const told = the.posted.filter((content) => content.startsWith(tooMuch)).length;
    const done = the.posted.length - told;
    t.diagnostic(`${asked} commands of ${people}: ${done} carried out, ${refused} refused, ${told} of them told`);
    assert.equal(done + refused, asked, 'none is lost without a count');
    assert.ok(done <= people * allowance && done >= people * (allowance - 1), `${done} carried out`);
    assert.ok(told > 0 && told <= done, 'a refusal is told once until the next is allowed');
    assert.deepEqual(the.kept(), before, 'nothing is left of them');
  });
}

test('who has asked a thousand times too often can still opt out at once', async () => {
  await using the = await open();
  for (let n = 0; n < asked; n += 1) await the.say(bob, '!status');
  const before = the.posted.length;
  await the.rig.drive(the.say(bob, '!optout'));
  assert.equal(the.posted.length, before + 1);
  const out = await the.rig.services.store.consents.optedOut(guildA);
  assert.ok(out.has(bob));
});
