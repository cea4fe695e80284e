import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message, MessageCreateOptions } from 'discord.js';
import type { Verbosity } from '../../config/guild-settings.ts';
import { type ButtonRow, templatesOnly } from '../../notify/index.ts';
import { alice, guildA, SessionRig, textA, voiceA } from '../../testing/index.ts';
import type { CommandServices } from '../commands/command.ts';
import { CommandRouter } from './router.ts';

const botUserId = '100000000000000099';

/** The router on a rig whose Alice, with Manage Server, sits in a voice channel; `say` answers what was posted. */
const open = async (verbosity: Verbosity = 'minimal') => {
  const rig = await SessionRig.start({ settings: { verbosity } });
  rig.discord.put(alice, voiceA);
  const { services, coordinator, consents } = rig;
  const router = new CommandRouter({
    // Of all that commands may use, these use what is here.
    ...({ ...services, coordinator, consents } as unknown as CommandServices),
    botUserId,
    rephraser: templatesOnly,
  });
  const say = async (content: string, change: object = {}) => {
    const posted: { readonly content: string; readonly labels: readonly string[] }[] = [];
    // What the router reads of a message.
    const message = {
      inGuild: () => true,
      ...{ guildId: guildA, channelId: textA, content, webhookId: null, member: {} },
      author: { id: alice, bot: false },
      channel: {
        send: async ({ content: said = '', components = [] }: MessageCreateOptions) => {
          const rows = components as unknown as readonly ButtonRow[];
          posted.push({ content: said, labels: rows.flatMap((row) => row.components.map(({ label }) => label)) });
        },
      },
      ...change,
    };
    await rig.drive(router.onMessage(message as unknown as Message));
    return posted;
  };
  return { rig, say, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
};

const notHandled: readonly (readonly [string, object])[] = [
  ['outside of a server', { inGuild: () => false }],
  ['without a member', { member: null }],
  ['by a bot', { author: { id: alice, bot: true } }],
  ['by a webhook', { webhookId: '1' }],
];
for (const [what, change] of notHandled)
  test(`a message ${what} is not handled, whatever it says`, async () => {
    await using the = await open('all');
    assert.deepEqual(await the.say('!join', change), []);
    assert.equal(the.rig.registry.of(guildA), null);
    const joins = await the.rig.services.metrics.registry.getSingleMetricAsString('parley_joins_total');
    assert.doesNotMatch(joins, /outcome=/);
  });

test('a wish that is sure is carried out, one that is not is asked about, talk is left alone', async () => {
  await using the = await open();
  assert.deepEqual(await the.say(`we were thinking about <@${botUserId}> yesterday`), []);
  const [asked] = await the.say(`can <@${botUserId}> join us?`);
  assert.match(asked?.content ?? '', /^Do you want me to `join`\?/);
  assert.deepEqual(asked?.labels, ['Yes', 'No']);
  assert.equal(the.rig.registry.of(guildA), null);
  assert.deepEqual(await the.say(`<@${botUserId}> come join us`), [], 'the notice stands in the channel');
  assert.ok(the.rig.registry.of(guildA)?.isLive);
});

test('what concerns one person is a button of theirs; what concerns everybody is said', async () => {
  await using the = await open();
  const [personal] = await the.say('!optin');
  assert.match(personal?.content ?? '', new RegExp(`^<@${alice}>, this concerns you alone`));
  assert.deepEqual(personal?.labels, ['Show it to me']);
  const [status] = await the.say('!status');
  assert.match(status?.content ?? '', /^I am in no voice channel/);
});

test('a word that resembles a command is asked about by its name, another is not for Parley', async () => {
  await using the = await open();
  assert.match((await the.say('!jion'))[0]?.content ?? '', /Did you mean `!join`\?/);
  assert.deepEqual(await the.say('!play'), []);
});

test('at verbosity none answers are kept to oneself, refusals are not', async () => {
  await using the = await open('none');
  assert.deepEqual(await the.say('!status'), []);
  assert.match((await the.say('!leave'))[0]?.content ?? '', /nothing to leave/);
  const counted = await the.rig.services.metrics.registry.metrics();
  assert.match(counted, /^parley_messages_total\{kind="status_offline",fate="suppressed"\} 1$/m);
  assert.match(counted, /^parley_messages_total\{kind="leave_refused",fate="sent"\} 1$/m);
});
