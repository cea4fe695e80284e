import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import {
  ActionRowBuilder,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  DiscordAPIError,
  Events,
  GatewayIntentBits,
  type GuildBasedChannel,
  type Interaction,
  MessageFlags,
  SlashCommandBuilder,
} from 'discord.js';
import { DiscordSim, type SimChannel, SimError, type SimGuild, type SimPerson } from './index.ts';
import { type LoggedIn, logIn } from './testing/bot.ts';

let sim: DiscordSim;
let bot: LoggedIn;
let client: Client<true>;
let guild: SimGuild;
let text: SimChannel;
let voice: SimChannel;
let alice: SimPerson;

const answer = async (interaction: Interaction): Promise<void> => {
  if (interaction.isAutocomplete()) {
    return interaction.respond([{ name: `${interaction.options.getFocused()}!`, value: 'x' }]);
  }
  if (interaction.isButton()) {
    if (interaction.customId === 'update') await interaction.update({ content: 'updated', components: [] });
    else await interaction.reply({ content: `clicked ${interaction.customId}`, flags: MessageFlags.Ephemeral });
    return;
  }
  if (!interaction.isChatInputCommand()) return;
  if (interaction.commandName === 'silent') return;
  const where = interaction.guild?.voiceStates.cache.get(interaction.user.id)?.channel?.name ?? 'nowhere';
  if (interaction.commandName === 'join') {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await interaction.editReply(`joining ${where}`);
    await interaction.editReply(`joined ${where}`);
    await interaction.followUp('recording');
    return;
  }
  const user = interaction.options.getUser('who', true);
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setCustomId('stop').setLabel('Stop').setStyle(ButtonStyle.Danger),
    new ButtonBuilder().setCustomId('update').setLabel('Update').setStyle(ButtonStyle.Primary),
  );
  const response = await interaction.reply({
    content: `about ${user.username}`,
    components: [row],
    withResponse: true,
  });
  assert.equal(response.resource?.message?.content, `about ${user.username}`);
};

before(async () => {
  sim = await DiscordSim.start({ interactionWindowMs: 1_000 });
  guild = sim.addGuild({ name: 'Guild' });
  text = guild.addTextChannel('general');
  voice = guild.addVoiceChannel('Table');
  alice = guild.addPerson({ username: 'alice', displayName: 'Alice' });
  bot = await logIn(sim);
  client = bot.client;
  client.on(Events.InteractionCreate, (interaction) => void answer(interaction));
  client.on(Events.MessageCreate, (message) => {
    if (message.content === '!join') void message.reply(`joining ${message.member?.voice.channel?.name ?? 'nothing'}`);
  });
  await client.application.commands.set([
    new SlashCommandBuilder().setName('join').setDescription('Joins.'),
    new SlashCommandBuilder().setName('silent').setDescription('Says nothing.'),
    new SlashCommandBuilder()
      .setName('parley')
      .setDescription('The rest.')
      .addSubcommand((sub) =>
        sub
          .setName('about')
          .setDescription('Tells.')
          .addUserOption((option) => option.setName('who').setDescription('Whom.').setRequired(true))
          .addStringOption((option) => option.setName('tone').setDescription('How.').setAutocomplete(true)),
      ),
  ]);
});

after(async () => {
  await bot[Symbol.asyncDispose]();
  await sim.close();
});

test('a message from somebody in voice is answered with the name of his channel', async () => {
  await alice.join(voice);
  const summons = await alice.type(text, '!join');
  const reply = await text.waitFor((message) => message.referenceId === summons.id);
  assert.equal(reply.content, 'joining Table');
  assert.equal(reply.author.id, sim.botUserId);
});

test('a deferred slash command resolves at once and follows its edits', async () => {
  const reply = await alice.slash('join');
  assert.equal(reply.deferred, true);
  assert.equal(reply.ephemeral, true);
  await reply.waitFor(({ content }) => content === 'joined Table');
  await sim.until(() => reply.followUps.length === 1);
  assert.deepEqual(
    reply.edits().map(({ content }) => content),
    ['joined Table'],
  );
  assert.equal(reply.followUps[0]?.content, 'recording');
  assert.ok(!text.messages.some(({ content }) => content.startsWith('joined')), 'nobody else sees an ephemeral answer');
});

test('a subcommand with a person as option answers with buttons that can be clicked', async () => {
  const reply = await alice.slash('parley about', { options: { who: alice } });
  assert.equal(reply.content, 'about alice');
  assert.equal(reply.deferred, false);
  assert.ok(reply.message);
  assert.deepEqual(
    reply.message.controls.map(({ customId, label }) => [customId, label]),
    [
      ['stop', 'Stop'],
      ['update', 'Update'],
    ],
  );
  const clicked = await alice.click(reply.message, 'stop');
  assert.equal(clicked.content, 'clicked stop');
  assert.equal(clicked.ephemeral, true);
  const updated = await alice.click(reply.message, 'Update');
  assert.equal(updated.message, reply.message);
  assert.equal(reply.content, 'updated');
  await assert.rejects(alice.click(reply.message, 'stop'), { code: 'component_not_found' });
});

test('autocompletion returns what the bot proposes', async () => {
  const choices = await alice.autocomplete('parley about', 'tone', 'calm', { options: { who: alice } });
  assert.deepEqual(choices, [{ name: 'calm!', value: 'x' }]);
});

test('a command that is not registered, and one that is not answered in time, are refused with their reasons', async () => {
  await assert.rejects(alice.slash('nonsense', { timeoutMs: 300 }), (error) => {
    assert.ok(error instanceof SimError);
    assert.equal(error.code, 'unknown_command');
    assert.match(error.message, /join, silent, parley/);
    return true;
  });
  await assert.rejects(alice.slash('silent'), { code: 'interaction_failed' });
});

const channelOf = (channel: SimChannel): GuildBasedChannel => {
  const found = client.guilds.cache.get(guild.id)?.channels.cache.get(channel.id);
  assert.ok(found);
  return found;
};

test('an uploaded file comes back byte for byte, and edits and deletions are kept', async () => {
  const channel = channelOf(text);
  assert.ok(channel.isTextBased());
  const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 251));
  const sent = await channel.send({ content: 'mix', files: [new AttachmentBuilder(bytes, { name: 'full mix.ogg' })] });
  const message = await text.waitFor(({ id }) => id === sent.id);
  assert.equal(message.attachments[0]?.filename, 'full mix.ogg');
  const url = sent.attachments.first()?.url ?? '';
  const fetched = Buffer.from(await (await fetch(url)).arrayBuffer());
  assert.ok(fetched.equals(bytes));
  await sent.edit('mix, edited');
  assert.equal(message.content, 'mix, edited');
  assert.equal(message.earlier[0]?.content, 'mix');
  assert.equal(message.attachments.length, 1);
  await sent.delete();
  assert.equal(message.deleted, true);
  assert.ok(!text.standing.includes(message));
});

test('mentions count only where they are allowed, direct messages reach the person', async () => {
  const user = await client.users.fetch(alice.userId);
  await user.send({ content: `hello <@${alice.userId}>`, allowedMentions: { parse: [] } });
  assert.equal(alice.directMessages?.messages[0]?.content, `hello <@${alice.userId}>`);
  assert.deepEqual(alice.directMessages?.messages[0]?.mentions, []);
});

test('the nickname and the voice status need their permissions', async () => {
  const me = client.guilds.cache.get(guild.id)?.members.me;
  assert.ok(me);
  await me.setNickname('[REC] Parley');
  assert.equal(guild.botMember.nickname, '[REC] Parley');
  const status = { body: { status: 'Recording' } };
  // Not in the channel, and no Manage Channels.
  await assert.rejects(client.rest.put(`/channels/${voice.id}/voice-status`, status), { code: 50013 });
  guild.setBotPermissions(['ViewChannel', 'SendMessages', 'ManageChannels', 'SetVoiceChannelStatus']);
  await client.rest.put(`/channels/${voice.id}/voice-status`, status);
  assert.equal(voice.status, 'Recording');
  await assert.rejects(me.setNickname(null), (error) => error instanceof DiscordAPIError && error.code === 50013);
  assert.equal(guild.botMember.nickname, '[REC] Parley');
});

test('an overwrite takes a permission away in one channel', async () => {
  guild.setBotPermissions(['ViewChannel', 'SendMessages', 'EmbedLinks', 'AttachFiles', 'ReadMessageHistory']);
  const quiet = guild.addTextChannel('quiet');
  guild.setOverwrite(quiet, guild.botMember, { deny: ['SendMessages'] });
  const send = client.rest.post(`/channels/${quiet.id}/messages`, { body: { content: 'hush' } });
  await assert.rejects(send, { code: 50013, status: 403 });
  const hidden = guild.addTextChannel('hidden');
  guild.setOverwrite(hidden, guild.botMember, { deny: ['ViewChannel'] });
  await assert.rejects(client.rest.get(`/channels/${hidden.id}`), { code: 50001 });
  guild.setOverwrite(voice, alice, { deny: ['Connect'] });
  guild.setOverwrite(text, alice, { deny: ['SendMessages'] });
  await assert.rejects(alice.type(text, 'x'), { code: 'missing_permission' });
  await assert.rejects(alice.join(voice), { code: 'missing_permission' });
  await assert.rejects(alice.join(text), { code: 'invalid_argument' });
});

test('every request is recorded with its answer', () => {
  const gateway = sim.requests.find(({ path }) => path === '/gateway/bot');
  assert.equal(gateway?.status, 200);
  const refused = sim.requests.find(({ method, path }) => method === 'PATCH' && path.endsWith('/members/@me'));
  assert.deepEqual(refused?.body, { nick: '[REC] Parley' });
});

test('without the content intent a bot reads only what names it, and asking for it where it is off is refused', async () => {
  const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages];
  await using own = await DiscordSim.start({ privilegedIntents: false });
  const place = own.addGuild({ name: 'Guild' });
  const room = place.addTextChannel('general');
  const bob = place.addPerson({ username: 'bob' });
  await assert.rejects(logIn(own, [...intents, GatewayIntentBits.MessageContent]), /disallowed intents/i);
  await using plain = await logIn(own, intents);
  const first = once(plain.client, Events.MessageCreate);
  await bob.type(room, '!join');
  assert.equal((await first)[0].content, '');
  const second = once(plain.client, Events.MessageCreate);
  await bob.type(room, `<@${own.botUserId}> come join us`);
  assert.equal((await second)[0].content, `<@${own.botUserId}> come join us`);
});
