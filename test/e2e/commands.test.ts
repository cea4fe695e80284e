import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimMessage, SimPerson } from '@parley/sim';
import { BotOnSim, readSession } from '../lib/bot-on-sim.ts';
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
  const linkButton = await answers(ben, '!web', new RegExp(`^<@${ben.userId}>, this concerns you alone`));
  const links = [await ben.click(linkButton, 'Show it to me'), await ben.click(linkButton, 'Show it to me')];
  for (const link of links) {
    assert.ok(link.ephemeral);
    assert.match(link.content, /^Your recordings, .*\n<http:\/\/127\.0\.0\.1:\d+\/sign-in\/[\w-]{43}>/);
  }
  assert.notEqual(links[0]?.content, links[1]?.content, 'each press makes a link of its own');
  assert.match((await ada.click(linkButton, 'Show it to me')).content, /somebody else/);

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

test('buttons, forms, settings and plain words: pause, note, opt out, a voice test, the list, a question that is asked', async () => {
  await using call = await BotOnSim.start({}, { PARLEY_VERBOSITY: 'all' });
  const { sim, guild, text, voice } = call;
  const host = guild.addRole({ name: 'host', permissions: ['ManageGuild'] });
  const [ada, ben, cleo] = [
    guild.addPerson({ username: 'ada', roles: [host], hearing: true }),
    guild.addPerson({ username: 'ben' }),
    guild.addPerson({ username: 'cleo' }),
  ];
  await Promise.all([ada.join(voice), ben.join(voice)]);
  const mention = `<@${sim.botUserId}>`;
  const answers = async (person: SimPerson, line: string, words: RegExp): Promise<SimMessage> => {
    const from = text.messages.length;
    await person.type(text, line);
    return await told(call, words, { from });
  };

  await answers(cleo, '!pause', /^I am in no voice channel here/);
  await answers(ada, '!note', /`text` is missing.*\nIt goes like this: `!note <text>`/s);
  await answers(ben, '!settings set retentionDays 7', /^Only a person with \*\*Manage Server\*\*/);
  const refused = await ada.slash('parley settings', { options: { action: 'set', key: 'retentoinDays', value: '7' } });
  assert.match(refused.content, /no setting `retentoinDays`.*Did you mean `retentionDays`\?/);
  const keys = await ada.autocomplete('parley settings', 'key', 'reten');
  assert.ok(keys.some((choice) => (choice as { value: string }).value === 'retentionDays'));
  await answers(ada, '!settings set retentionDays 7', /^`retentionDays` is `7` on this server/);
  await answers(ada, '!settings', /• \*\*retentionDays\*\* = `7`/);

  const asked = await answers(ben, `can ${mention} join us?`, /^Do you want me to `join`\?/);
  const recording = call.nextRecording();
  await assert.rejects(cleo.click(asked, 'Maybe'));
  assert.match((await cleo.click(asked, 'Yes')).content, /somebody else/);
  await ben.click(asked, 'Yes');
  const folder = await recording;
  const notice = await told(call, /^🔴 \*\*Recording in/);
  assert.match(notice.content, /deleted after 7 days/);

  const own = await ben.click(notice, 'My link');
  assert.ok(own.ephemeral);
  assert.match(own.content, new RegExp(`^The recording of .* in <#${voice.id}>, by a link of your own`));
  assert.match((await cleo.click(notice, 'My link')).content, /^Your recordings/, 'who is not in it');
  const [paused] = await Promise.all([ada.click(notice, 'Pause'), told(call, /has paused the recording/)]);
  assert.ok(!paused.ephemeral);
  await sim.until(() => notice.content.includes('Paused: nothing is stored now'), {
    timeoutMs: patienceMs,
    what: 'the panel to say that it is paused',
  });
  assert.match(notice.content, /\*\*Recording in .*Recorded: <@\d+>, <@\d+>\./s);
  await answers(cleo, '!resume', new RegExp(`^Only <@${ben.userId}>, somebody in the channel`));
  await answers(ben, '!resume', /lets the recording in .* go on/);

  const form = await ada.click(notice, 'Note');
  assert.match(JSON.stringify(form.modal), /what the marker says/);
  const noted = await ada.submit(form, { value: 'the dice fall' });
  assert.match((await noted.settled()).content, /^📌 \d+:\d\d – `the dice fall`/);

  await sim.until(() => ada.canSend && ben.canSend, { timeoutMs: patienceMs, what: 'keys' });
  const heardByAda = () => ada.heard.get(sim.botUserId)?.packets ?? 0;
  await answers(ben, '!voice-test', /say something now/);
  const before = heardByAda();
  await ben.speak({ tone: 440, ms: 1500 });
  await told(call, new RegExp(`^<@${ben.userId}>, I heard \\d s of you and played it back\\. `));
  await sim.until(() => heardByAda() - before >= 20, { timeoutMs: patienceMs, what: 'Ada to hear what Ben said' });
  assert.match((await ben.click(notice, 'Opt out')).content, /not recorded any more/);
  await answers(ben, '!voice-test', /^You are not recorded, so I do not listen/);

  const muxed = call.muxed();
  await answers(ada, `please stop recording ${mention}`, /^Leaving/);
  await muxed;
  await gone(call);
  const finished = await told(call, /^The recording is ready/);
  assert.match(finished.content, /None of [\d,]+ packets was lost\./);
  await sim.until(() => notice.content.startsWith('⏹️ The recording in') && notice.controls.length === 0, {
    timeoutMs: patienceMs,
    what: 'the panel to be closed',
  });
  const { markers, holes } = await readSession(folder);
  assert.deepEqual(
    markers.map((marker) => [marker.userId, marker.text]),
    [[ada.userId, 'the dice fall']],
  );
  assert.ok(holes.some(({ reason }) => reason === 'paused'));
  const list = await (await ben.slash('parley sessions')).settled();
  assert.ok(list.ephemeral);
  assert.match(list.content, /ready/);

  // Somebody who has not asked for much yet.
  const dora = guild.addPerson({ username: 'dora', roles: [host] });
  await answers(dora, `!settings set autoJoinChannelId <#${voice.id}>`, /^`autoJoinChannelId` is/);
  await answers(dora, '!settings set autoJoinWhenOccupied on', /^`autoJoinWhenOccupied` is `true`/);
  await Promise.all([ada.leave(), ben.leave()]);
  await call.logged('the room has emptied: it may come by itself again');
  const another = call.nextRecording();
  await ada.join(voice);
  await another;
  await call.logged('came by itself');
  await ada.click(await told(call, /^🔴 \*\*Recording in/, { channel: voice }), 'Stop');
  await gone(call);
  for (const rule of mayNotify(call)) assert.deepEqual(rule, { parse: [] });
});
