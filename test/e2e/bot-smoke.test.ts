import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BotOnSim, readJournal, readSession, unbalanced } from '../lib/bot-on-sim.ts';

test('two people are recorded from join to mix by the real bot', async () => {
  await using call = await BotOnSim.start({ dave: true });
  const ada = call.guild.addPerson({ username: 'ada', displayName: 'Ada' });
  const ben = call.guild.addPerson({ username: 'ben', displayName: 'Ben' });
  const host = call.guild.addRole({ name: 'host', permissions: ['ManageGuild'] });
  const may = call.guild.addPerson({ username: 'cleo', displayName: 'Cleo', roles: [host] });
  await Promise.all([ada.join(call.voice), ben.join(call.voice), may.join(call.voice)]);

  const folder = await call.join(may);
  assert.equal(call.guild.botMember.nickname?.startsWith('[REC] '), true);
  await Promise.all([ada.speak({ tone: 440, ms: 2000 }), ben.speak({ tone: 1000, ms: 2000 })]);
  const muxed = call.muxed();
  await may.type(call.text, '!leave');
  await muxed;

  const session = await readSession(folder);
  assert.equal(session.status, 'completed');
  assert.deepEqual(unbalanced(session.segments), []);
  assert.deepEqual(
    session.participants
      .filter(({ speechMs }) => speechMs > 1500)
      .map(({ username }) => username)
      .toSorted(),
    ['ada', 'ben'],
  );
  assert.equal((await readJournal(folder, 'supervisor.jsonl')).at(-1)?.type, 'recording_ended');
  await call.text.waitFor((message) => message.attachments.length === 1);
  await call.sim.until(() => call.guild.botMember.nickname === null, { what: 'the nickname is back' });
});
