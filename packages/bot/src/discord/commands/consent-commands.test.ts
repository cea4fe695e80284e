import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compose, type UserMessage } from '../../notify/index.ts';
import type { ErasureWish } from '../../recordings/erasure/eraser.ts';
import { alice, bob, guildA, guildB, SessionRig, textA, voiceA } from '../../testing/index.ts';
import { type Answer, answerOf, type Command, type CommandServices } from './command.ts';
import { forgetMe } from './forget-me.ts';
import { optin } from './optin.ts';
import { optout } from './optout.ts';

/** The commands on a rig; the eraser keeps what it is asked, and answers when it is told to. */
const openRig = async () => {
  const rig = await SessionRig.start();
  const wishes: ErasureWish[] = [];
  const order: string[] = [];
  const control = { fail: null as Error | null, until: Promise.resolve() };
  const eraser = {
    survey: async () => ({ recordings: 2, spoken: 1, running: 1, messages: 3 }),
    erase: async (wish: ErasureWish) => {
      wishes.push(wish);
      const out = await rig.services.store.consents.optedOut(guildA);
      order.push(out.has(wish.userId) ? 'erased after the opt-out' : 'erased without an opt-out');
      if (control.fail) throw control.fail;
      await control.until;
      return { recordings: 2, running: 1, messages: 3, error: null };
    },
  };
  const { services, coordinator, consents } = rig;
  // Of all that commands may use, these use what is here.
  const used = { ...services, coordinator, consents, eraser } as unknown as CommandServices;
  const run = async (command: Command, text: string, userId = bob): Promise<Answer> => {
    const prepared = command.prepare({ kind: 'text', text });
    if (prepared.kind === 'wrong') assert.fail(JSON.stringify(prepared.problem));
    const invocation = { via: 'text', guildId: guildA, textChannelId: textA, userId, intentConfidence: 1 } as const;
    return answerOf(await rig.drive(prepared.run(invocation, used))) ?? assert.fail('no answer');
  };
  const choose = async ({ choices = [] }: Answer, label: RegExp): Promise<UserMessage> => {
    const choice = choices.find((one) => label.test(one.label)) ?? assert.fail(`no ${label}`);
    return answerOf(await rig.drive(choice.run(), 1000))?.message ?? assert.fail('no answer');
  };
  return { rig, wishes, order, control, run, choose, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
};

const labels = ({ choices = [] }: Answer): string[] => choices.map(({ label }) => label);
const words = (message: UserMessage): string => compose(message).content;

test('an opt-out while a session runs offers to delete it so far, and to hold everywhere', async () => {
  await using the = await openRig();
  the.rig.discord.put(alice, voiceA);
  the.rig.discord.put(bob, voiceA);
  const joined = await the.rig.join();
  if (joined.kind !== 'joined') assert.fail(JSON.stringify(joined));
  const answer = await the.run(optout, '');
  assert.deepEqual(labels(answer), ['Delete what was recorded of me in this session', 'On every server']);
  assert.match(words(answer.message), /^You are not recorded any more on this server: from this moment on/);
  const deleted = await the.choose(answer, /^Delete/);
  assert.match(words(deleted), /^Deleted, everything of you: 2 recordings, 3 messages\. 1 recording still runs/);
  assert.deepEqual(the.wishes, [
    { userId: bob, guildId: guildA, sessionId: joined.session.sessionId, askedBy: 'self' },
  ]);
  const everywhere = await the.choose(answer, /every server/);
  assert.match(words(everywhere), /^You are not recorded any more on any server/);
  assert.ok((await the.rig.services.store.consents.optedOut(guildB)).has(bob));
});

test('an opt-out without a session, or everywhere at once, offers only what there is', async () => {
  await using the = await openRig();
  assert.deepEqual(labels(await the.run(optout, '')), ['On every server']);
  assert.deepEqual(labels(await the.run(optout, 'everywhere')), []);
});

test('each of the four consents is given and taken by itself, with time and version of the words', async () => {
  await using the = await openRig();
  const { store } = the.rig.services;
  const kinds = {
    recorded: 'recorded',
    heard: 'heard_by_ai',
    transcribed: 'transcribed',
    remembered: 'remembered',
  } as const;
  for (const [word, kind] of Object.entries(kinds)) {
    await the.run(optout, `${word} everywhere`);
    assert.deepEqual([...(await store.consents.optedOut(guildB, kind))], [bob], kind);
    the.rig.clock.advance(1);
    await the.run(optin, word);
    assert.deepEqual([...(await store.consents.optedIn(guildA, kind))], [bob], kind);
    assert.deepEqual([...(await store.consents.optedOut(guildB, kind))], [bob], `${kind} elsewhere`);
  }
  const rows = await store.consents.of(bob);
  assert.equal(rows.length, 8);
  assert.ok(rows.every(({ at, textVersion }) => at > 0 && textVersion >= 2));
  const said = words((await the.run(optout, 'heard')).message);
  assert.match(said, /^What you say is not passed to the AI on this server\. No AI listens .* `\/parley optin`/);
  await the.run(optout, 'everything');
  for (const kind of Object.values(kinds)) assert.ok((await store.consents.optedOut(guildA, kind)).has(bob), kind);
});

test('what may be done with a person’s words follows the guild’s mode, each use by itself; what cannot be read is a no', async () => {
  await using the = await openRig();
  const { consents, services } = the.rig;
  const person = { userId: bob, roleIds: ['500000000000000001'] };
  const may = () =>
    Promise.all((['recorded', 'transcribed'] as const).map((kind) => consents.allows(kind, guildA, person)));
  assert.deepEqual(await may(), [true, true]);
  await the.run(optout, 'transcribed');
  assert.deepEqual(await may(), [true, false]);
  await services.store.guildSettings.set(guildA, { consentMode: 'opt_in' });
  assert.deepEqual(await may(), [false, false]);
  the.rig.clock.advance(1);
  await the.run(optin, 'transcribed');
  assert.deepEqual(await may(), [false, true]);
  await services.store.guildSettings.set(guildA, { consentMode: 'role', consentRoleIds: person.roleIds });
  assert.deepEqual(await may(), [true, true]);
  await services.store[Symbol.asyncDispose]();
  assert.deepEqual(await may(), [false, false]);
});

test('forget-me asks first, says what it cannot reach, and opts out before it erases', async () => {
  await using the = await openRig();
  const asked = await the.run(forgetMe, '');
  assert.deepEqual(labels(asked), ['Delete everything', 'Keep it']);
  const text = words(asked.message);
  for (const part of [
    /2 recordings with you/,
    /3 messages of mine/,
    /A recording runs now/,
    /What I cannot reach: .*downloaded.*caches.*backups.*providers/,
  ]) {
    assert.match(text, part);
  }
  assert.deepEqual(the.wishes, [], 'nothing before the answer');
  assert.match(words(await the.choose(asked, /^Keep/)), /^Nothing was deleted/);
  assert.match(words(await the.choose(asked, /^Delete/)), /^Deleted, everything of you/);
  assert.deepEqual(the.order, ['erased after the opt-out']);
  assert.deepEqual(the.wishes, [{ userId: bob, guildId: guildA, sessionId: null, askedBy: 'self' }]);
  await the.choose(await the.run(forgetMe, 'everywhere'), /^Delete/);
  assert.deepEqual(
    the.wishes.map(({ guildId }) => guildId),
    [guildA, null],
  );
  assert.ok((await the.rig.services.store.consents.optedOut(guildB)).has(bob));
});

test('for somebody else only Manage Server may ask, on this server only, and nobody is opted out for it', async () => {
  await using the = await openRig();
  the.rig.discord.managers.delete(bob);
  const refused = await the.run(forgetMe, `<@${alice}>`);
  assert.deepEqual([refused.message.kind, labels(refused)], ['command_refused', []]);
  const asked = await the.run(forgetMe, `everywhere <@${bob}>`, alice);
  assert.match(words(asked.message), new RegExp(`^\\*\\*Delete everything of <@${bob}> on this server\\?`));
  await the.choose(asked, /^Delete/);
  assert.deepEqual(the.wishes, [{ userId: bob, guildId: guildA, sessionId: null, askedBy: 'manager' }]);
  assert.deepEqual(the.order, ['erased without an opt-out']);
  assert.equal((await the.run(forgetMe, `<@${bob}>`)).message.kind, 'forget_question', 'oneself is oneself');
});

test('an erasure that takes long goes on without its answer; one that cannot begin is said', async () => {
  await using the = await openRig();
  const slow = Promise.withResolvers<void>();
  the.control.until = slow.promise;
  assert.match(
    words(await the.choose(await the.run(forgetMe, ''), /^Delete/)),
    /is being deleted\. It goes on by itself/,
  );
  slow.resolve();
  the.control.fail = new Error('the database is locked');
  assert.match(
    words(await the.choose(await the.run(forgetMe, ''), /^Delete/)),
    /Nothing could be deleted: `the database/,
  );
});
