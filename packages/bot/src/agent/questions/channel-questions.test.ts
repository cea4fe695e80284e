import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { compose } from '../../notify/compose.ts';
import type { UserMessage } from '../../notify/index.ts';
import type { SentMessage } from '../../session/discord-port.ts';
import { alice, bob, textA } from '../../testing/fake-discord.ts';
import { ChannelQuestions, mostOpen } from './channel-questions.ts';
import { confirm, confirmMs } from './confirm.ts';

const open = () => {
  const clock = new FakeClock();
  const questions = new ChannelQuestions(clock, pino({ level: 'silent' }));
  const posted: UserMessage[] = [];
  let fails = false;
  const announcer = {
    textChannelId: textA,
    post: async (message: UserMessage): Promise<SentMessage> => {
      if (fails) throw new Error('Missing Access');
      posted.push(message);
      return { id: '1', channelId: textA, edit: async (edited) => void posted.push(edited) };
    },
  };
  const ids = (at = 0): string[] => {
    const message = posted[at];
    assert.ok(message?.kind === 'agent_question');
    return compose(message).components.flatMap(({ components }) =>
      components.map((button) => ('custom_id' in button ? button.custom_id : '')),
    );
  };
  const giveUp = new AbortController();
  return {
    ...{ clock, questions, posted, ids, giveUp },
    ask: (speakers: readonly string[] = [alice]) =>
      confirm(questions, { announcer }, 'May I?', speakers, giveUp.signal),
    failPosts: () => {
      fails = true;
    },
  };
};

test('a yes of somebody who may say it is a yes, once', async () => {
  const the = open();
  const asked = the.ask([alice, bob]);
  await settle();
  const [yes = '', no = ''] = the.ids();
  assert.ok(the.questions.owns(yes) && !the.questions.owns('parley:run:leave'));
  const pressed = the.questions.press(yes, bob);
  assert.equal(await asked, true);
  assert.ok(pressed.kind === 'taken');
  assert.match(compose(pressed.message).content, /`May I\?` `Yes` \(<@400000000000000002>\)/);
  assert.deepEqual(compose(pressed.message).components, []);
  assert.equal(the.questions.press(no, alice).kind, 'expired');
  assert.equal(the.clock.timers, 0);
});

test('a no is a no, and others have no say', async () => {
  const the = open();
  const asked = the.ask();
  await settle();
  const [yes = '', no = ''] = the.ids();
  assert.equal(the.questions.press(yes, bob).kind, 'not_yours');
  the.questions.press(no, alice);
  assert.equal(await asked, false);
});

test('whoever waits too long has not said yes, and the buttons go', async () => {
  const the = open();
  const asked = the.ask();
  await settle();
  const [yes = ''] = the.ids();
  the.clock.advance(confirmMs);
  assert.equal(await asked, false);
  await settle();
  const last = the.posted.at(-1);
  assert.ok(last?.kind === 'agent_question_over' && last.details.outcome === 'expired');
  assert.equal(the.questions.press(yes, alice).kind, 'expired');
});

test('what nobody wants any more is taken back', async () => {
  const the = open();
  const asked = the.ask();
  await settle();
  the.giveUp.abort();
  assert.equal(await asked, false);
  await settle();
  assert.equal(the.posted.at(-1)?.kind, 'agent_question_over');
  assert.equal(await the.ask(), false, 'and not put at all afterwards');
  assert.equal(the.posted.length, 2);
});

test('a question that cannot be put, or that nobody may answer, is no yes', async () => {
  const the = open();
  assert.equal(await the.ask([]), false);
  assert.equal(the.posted.length, 0);
  the.failPosts();
  assert.equal(await the.ask(), false);
  assert.equal(the.clock.timers, 0);
});

test('no channel has more than a few questions at once', async () => {
  const the = open();
  const asked = Array.from({ length: mostOpen }, () => the.ask());
  await settle();
  assert.equal(await the.ask(), false);
  assert.equal(the.posted.length, mostOpen);
  the.questions.press(the.ids(1)[0] ?? '', alice);
  assert.equal(await asked[1], true);
  const again = the.ask();
  await settle();
  assert.equal(the.posted.length, mostOpen + 1);
  the.giveUp.abort();
  assert.deepEqual(await Promise.all([...asked, again]), [false, true, false, false]);
});

test('a malformed id of a button is one that has expired', () => {
  const the = open();
  for (const id of ['parley:question:', 'parley:question:x:0', 'parley:question:x:y:z'])
    assert.equal(the.questions.press(id, alice).kind, 'expired');
});
