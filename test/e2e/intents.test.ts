import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BotOnSim } from '../lib/bot-on-sim.ts';
import { gone, told } from '../lib/watching.ts';

test('without the privileged intent Parley starts, says how to switch it on, and is called by slash and mention', async () => {
  await using call = await BotOnSim.start({ privilegedIntents: false });
  const { sim, guild, text, voice } = call;
  const hint = call.lines.find(({ msg }) => msg.includes('Message Content'));
  assert.equal(hint?.level, 40);
  assert.match(hint.msg, /switch on "Message Content Intent" in the Developer Portal .*Privileged Gateway Intents/);
  assert.equal(call.lines.find(({ msg }) => msg === 'ready')?.messageContent, false);

  assert.ok(call.bot.tail.some((line) => line.includes('Message Content Intent') && line.includes('4014')));
  const ada = guild.addPerson({ username: 'ada' });
  assert.match((await (await ada.slash('join')).settled()).content, /^Join a voice channel first/);
  await ada.join(voice);
  const from = text.messages.length;
  const recording = call.nextRecording();
  await ada.type(text, '!join');
  await ada.type(text, `<@${sim.botUserId}> join`);
  await recording;
  const notice = await told(call, /Recording in/);
  const answers = text.messages.slice(from).filter(({ author }) => author.id === sim.botUserId);
  assert.equal(answers.length, 1, 'the mention is answered, the text command could not be read');
  assert.equal(answers[0], notice);
  const status = await (await ada.slash('status')).settled();
  assert.match(status.content, new RegExp(`Recorded: <@${ada.userId}>\\.`));
  const muxed = call.muxed();
  const leaving = await (await ada.slash('leave')).settled();
  assert.match(leaving.content, /^Leaving/);
  await muxed;
  await gone(call);
});
