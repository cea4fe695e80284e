import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Interaction, MessageFlags } from 'discord.js';
import { templatesOnly } from '../../notify/index.ts';
import { defaultRateLimit } from '../../notify/user-rate-limiter.ts';
import { alice, bob, guildA, type RigOptions, SessionRig, textA, voiceA } from '../../testing/index.ts';
import { commands } from '../commands/all.ts';
import type { CommandServices } from '../commands/command.ts';
import { CommandRouter } from './router.ts';

interface Reply {
  readonly content: string;
  readonly ephemeral: boolean;
}

/** What the router reads of an interaction, whatever its kind. */
const interaction = (kind: 'slash' | 'button' | 'form', userId: string, more: object, replies: Reply[]) => ({
  ...{ isChatInputCommand: () => kind === 'slash', isAutocomplete: () => false },
  ...{ isButton: () => kind === 'button', isModalSubmit: () => kind === 'form' },
  inCachedGuild: () => true,
  ...{ guildId: guildA, channelId: textA, user: { id: userId } },
  reply: async ({ content, flags }: { content: string; flags?: number }) =>
    void replies.push({ content, ephemeral: flags === MessageFlags.Ephemeral }),
  ...more,
});

/** The router on a rig in which Alice, with Manage Server, is recorded and Bob, without, is not there. */
const open = async (options?: RigOptions) => {
  const rig = await SessionRig.start(options);
  rig.discord.managers.delete(bob);
  rig.discord.put(alice, voiceA);
  const { services, coordinator, consents } = rig;
  const router = new CommandRouter({
    // Of all that commands may use, these use what is here.
    ...({ ...services, coordinator, consents } as unknown as CommandServices),
    botUserId: '100000000000000099',
    rephraser: templatesOnly,
  });
  const replies: Reply[] = [];
  const give = async (kind: 'slash' | 'button' | 'form', userId: string, more: object): Promise<Reply> => {
    const before = replies.length;
    await rig.drive(router.onInteraction(interaction(kind, userId, more, replies) as unknown as Interaction));
    return replies[before] ?? assert.fail('no answer');
  };
  return {
    rig,
    slash: (userId: string, name: string, options: Readonly<Record<string, string>> = {}) => {
      const data = Object.entries(options).map(([option, value]) => ({ name: option, value }));
      const isOwn = ['join', 'leave', 'status'].includes(name);
      const commandName = isOwn ? name : 'parley';
      const given = { getSubcommand: () => (isOwn ? null : name), data: isOwn ? data : [{ name, options: data }] };
      return give('slash', userId, { commandName, options: given });
    },
    press: (userId: string, line: string) => give('button', userId, { customId: `parley:run:${line}` }),
    fill: (userId: string, line: string, text: string) =>
      give('form', userId, { customId: `parley:ask:${line}`, fields: { getTextInputValue: () => text } }),
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
};

const notThere = /^Only <@\d+>, somebody in the channel, or a person with \*\*Manage Server\*\*/;

test('whatever the way a command comes, who may not give it is told so, and nobody else', async () => {
  await using the = await open();
  await the.rig.join();
  const session = the.rig.registry.of(guildA) ?? assert.fail('no session');
  for (const given of [
    the.slash(bob, 'pause'),
    the.slash(bob, 'record', { state: 'off' }),
    the.press(bob, 'pause'),
    the.fill(bob, 'note', 'the dice fall'),
  ]) {
    const { content, ephemeral } = await given;
    assert.match(content, notThere);
    assert.ok(ephemeral);
  }
  assert.ok(session.recording.current && !session.recording.current.isPaused);
  const settings = await the.slash(bob, 'settings');
  assert.match(settings.content, /^Only a person with \*\*Manage Server\*\*/);
  assert.ok(settings.ephemeral);
  const paused = await the.slash(alice, 'pause');
  assert.equal(paused.ephemeral, false, 'what concerns everybody is said to everybody');
  assert.ok(session.recording.current?.isPaused);
});

for (const way of ['slash', 'press', 'fill'] as const) {
  test(`commands by ${way} are counted with all others of a person, and consent is not`, async () => {
    await using the = await open();
    const give = (n: number): Promise<Reply> => {
      if (way === 'slash') return the.slash(bob, 'status');
      return way === 'press' ? the.press(bob, 'status') : the.fill(bob, 'note', String(n));
    };
    const answers: Reply[] = [];
    for (let n = 0; n < defaultRateLimit.burst + 2; n += 1) answers.push(await give(n));
    assert.deepEqual(
      answers.map(({ content }) => content.startsWith('That was a bit much.')),
      [...Array.from({ length: defaultRateLimit.burst }, () => false), true, true],
    );
    assert.ok(answers.at(-1)?.ephemeral);
    assert.match((await the.slash(bob, 'optout')).content, /not recorded any more/);
    const counted = await the.rig.services.metrics.registry.metrics();
    assert.match(counted, /^parley_rate_limited_total 2$/m);
    assert.match(counted, /^parley_refusals_total\{reason="rate_limited"\} 2$/m);
  });
}

test('a session that is ending is none any more', async () => {
  const letGo = Promise.withResolvers<unknown>();
  await using the = await open({ scripts: [{ on: { 'session.leave': () => letGo.promise } }] });
  await the.rig.join();
  const session = the.rig.registry.of(guildA) ?? assert.fail('no session');
  the.rig.coordinator.requestEnd(session, 'requested');
  await the.rig.until('it is ending', () => session.state.phase === 'ending');
  assert.match((await the.slash(alice, 'note', { text: 'x' })).content, /^I am in no voice channel here/);
  letGo.resolve({});
  await the.rig.drive(session.ended, 10);
});

test('a command that fails is answered, logged with its cause, and counted', async () => {
  await using the = await open();
  Object.assign(the.rig.services.store.recordings, { recent: () => Promise.reject(new Error('disk I/O error')) });
  const { content, ephemeral } = await the.slash(bob, 'sessions');
  assert.match(content, /disk I\/O error/);
  assert.ok(ephemeral);
  const [logged] = the.rig.log.filter(({ msg }) => msg === 'a command failed');
  assert.deepEqual([logged?.level, logged?.command, logged?.userId], [50, 'sessions', bob]);
  const counted = await the.rig.services.metrics.registry.metrics();
  assert.match(counted, /^parley_refusals_total\{reason="command_failed"\} 1$/m);
});

test('what concerns one person alone is theirs alone, and consent has a rate of its own', () => {
  const those = (is: 'personal' | 'isConsent') => commands.flatMap((command) => (command[is] ? [command.name] : []));
  assert.deepEqual(those('personal').toSorted(), [
    ...['ask', 'feedback', 'forget-me', 'help', 'memory', 'optin', 'optout', 'search', 'sessions', 'web'],
  ]);
  assert.deepEqual(those('isConsent').toSorted(), ['forget-me', 'optin', 'optout']);
});
