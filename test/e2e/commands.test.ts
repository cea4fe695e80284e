import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimMessage, SimPerson } from '@parley/sim';
import { BotOnSim } from '../lib/bot-on-sim.ts';
import { gone, patienceMs, told } from '../lib/watching.ts';

/** What requests that carry words say about whom they may notify. */
const mayNotify = ({ sim }: BotOnSim): unknown[] =>
  sim.requests.flatMap(({ path, body }) => {
    if (!(/\/messages/.test(path) || /\/callback$/.test(path) || path.startsWith('/webhooks/'))) return [];
    const { data, content, ...rest } = body as { data?: Record<string, unknown>; content?: string };
    const message: Record<string, unknown> = data ?? { ...rest, content };
    return typeof message.content === 'string' ? [message.allowed_mentions] : [];
  });

test('slash commands, text commands and mentions do the same, and what concerns one person is for that person only', async () => {
  await using call = await BotOnSim.start();
  const { sim, guild, text, voice } = call;
  const [ada, ben, robot] = [
    guild.addPerson({ username: 'ada' }),
    guild.addPerson({ username: 'ben' }),
    guild.addPerson({ username: 'robot', bot: true }),
  ];
  await Promise.all([ada.join(voice), ben.join(voice)]);
  /** A person without a voice channel, new for each question: nobody asks so often that Parley has enough of it. */
  const bystander = () => guild.addPerson({ username: `bystander-${guild.members.size}` });
  const mention = `<@${sim.botUserId}>`;
  const answers = async (person: SimPerson, line: string, words: RegExp): Promise<SimMessage> => {
    const from = text.messages.length;
    await person.type(text, line);
    return await told(call, words, { from });
  };
  const slash = async (person: SimPerson, line: string) => await (await person.slash(line)).settled();

  const offline = /^I am in no voice channel on this server\. Join one and type/;
  await answers(bystander(), '!status', offline);
  const offlineBySlash = await slash(bystander(), 'status');
  assert.match(offlineBySlash.content, offline);
  assert.equal(offlineBySlash.ephemeral, false);
  await answers(bystander(), '!leave', /^I am in no voice channel here, so there is nothing to leave/);

  const help = await slash(ada, 'parley help');
  assert.ok(help.ephemeral);
  for (const command of ['join', 'leave', 'status', 'optout', 'optin', 'help']) {
    assert.match(help.content, new RegExp(`\`!${command}[ \`]`));
  }
  const button = await answers(ada, '!help', new RegExp(`^<@${ada.userId}>, this concerns you alone`));
  const opened = await ada.click(button, 'Show it to me');
  assert.ok(opened.ephemeral);
  assert.equal(opened.content, help.content);

  await answers(bystander(), '!jion', /^I do not know .*!jion.*Did you mean `!join`\?/);
  await answers(bystander(), `${mention} staus`, /^I do not know .*Did you mean `!status`\?/);
  const before = text.messages.length;
  await robot.type(text, '!status');
  await ben.type(text, '!play the long song of the sea');
  await ben.type(text, `let us ask ${mention} to come here some day`);
  await answers(bystander(), `${mention} status`, offline);
  const said = text.messages.slice(before).filter(({ author }) => author.id === sim.botUserId);
  assert.equal(said.length, 1, 'bots and plain talk are not answered');

  const recording = call.nextRecording();
  const coming = await slash(ada, 'join');
  assert.match(coming.content, new RegExp(`^Recording in <#${voice.id}>`));
  await recording;
  await sim.until(() => ada.canSend, { timeoutMs: patienceMs, what: 'keys' });
  const both = new RegExp(`Recorded: (<@${ada.userId}>, <@${ben.userId}>|<@${ben.userId}>, <@${ada.userId}>)\\.`);
  const online = await answers(bystander(), `${mention} status`, new RegExp(`^🔴 Recording in <#${voice.id}>`));
  assert.match(online.content, new RegExp(`asked for by <@${ada.userId}>`));
  assert.match(online.content, both);
  assert.match(online.content, /Packets: 0 received, 0 lost\. Free space: /);
  assert.ok(online.content.includes(`voice privacy code \`${ada.privacyCode}\``), online.content);
  await slash(ben, 'parley optout');
  const partly = await slash(ada, 'status');
  assert.match(partly.content, new RegExp(`Recorded: <@${ada.userId}>\\.\nNot recorded: <@${ben.userId}>\\.`));

  await answers(bystander(), '!leave', new RegExp(`^Only <@${ada.userId}>, somebody in the channel, or a person with`));
  assert.ok(guild.voiceStates.has(sim.botUserId));
  const firstMuxed = call.muxed();
  await answers(ben, `${mention} leave`, /^Leaving/);
  await firstMuxed;
  await gone(call);
  const again = call.nextRecording();
  await ben.type(text, `${mention} join`);
  await again;
  const leaving = await slash(ben, 'leave');
  assert.match(leaving.content, new RegExp(`^Leaving <#${voice.id}>`));
  await gone(call);

  const rules = mayNotify(call);
  assert.ok(rules.length > 15);
  for (const rule of rules) assert.deepEqual(rule, { parse: [] });
  for (const { author, mentions } of [...text.messages, ...text.ephemeral]) {
    if (author.id === sim.botUserId) assert.deepEqual(mentions, [], 'somebody was notified');
  }

  const flood = guild.addPerson({ username: 'flood' });
  const from = text.messages.length;
  for (let sent = 0; sent < 9; sent += 1) await flood.type(text, '!status');
  await told(call, /^That was a bit much\. Try again in/, { from });
  await answers(bystander(), '!status', offline);
  const out = await slash(flood, 'parley optout');
  assert.match(out.content, /not recorded any more/, 'consent does not wait for a flood to end');
  const told9 = text.messages.slice(from).filter(({ author }) => author.id === sim.botUserId);
  assert.ok(told9.length < 9, `${told9.length} answers to a flood`);
  assert.equal(told9.filter(({ content }) => content.startsWith('That was a bit much')).length, 1);
});
