import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { CachedMembers } from '../../http/access/cached-members.ts';
import { RecordingAccess } from '../../http/access/recording-access.ts';
import { PageLinks } from '../../http/auth/page-links.ts';
import { SignInDesk } from '../../http/auth/sign-in-desk.ts';
import { compose, type MessageDetails, type UserMessage } from '../../notify/index.ts';
import { alice, bob, guildA, SessionRig, textA, voiceA } from '../../testing/index.ts';
import { PaperGuilds } from '../../testing/pages-rig.ts';
import { parseLine } from '../router/parse-text.ts';
import type { CommandServices } from './command.ts';
import { web } from './web.ts';

const carol = '400000000000000003';
const other = '500000000000000009';
const idOf = (n: number): string => `${guildA}-${voiceA}-2027011${n}T080000000Z`;

/** The command on a real store, sign-ins and access; Carol manages the server, Alice asked for what there is, Bob for nothing. */
const open = async (publicUrl: string | null = 'https://parley.example', hasPages = true) => {
  const rig = await SessionRig.start();
  const { store, settings, logger } = rig.services;
  const people = new PaperGuilds();
  people.names.set(guildA, 'A');
  people.put(guildA, carol, true);
  const clock = new FakeClock();
  const desk = new SignInDesk(store, clock);
  const access = new RecordingAccess({ store, people, members: new CachedMembers(people, clock, logger) });
  const pageLinks = new PageLinks({ desk, access, publicUrl, ownUrl: 'http://127.0.0.1:8787' });
  const used = { store, settings, pageLinks: hasPages ? pageLinks : null } as unknown as CommandServices;
  const say = async (line: string, userId: string, textChannelId = textA): Promise<UserMessage> => {
    const prepared = web.prepare({ kind: 'text', text: line });
    if (prepared.kind === 'wrong') assert.fail(prepared.problem.code);
    const invocation = { via: 'slash', guildId: guildA, textChannelId, userId, intentConfidence: 1 } as const;
    const result = await rig.drive(prepared.run(invocation, used));
    return result && 'kind' in result ? result : assert.fail('no message');
  };
  const link = async (line: string, userId: string, textChannelId?: string): Promise<MessageDetails['page_link']> => {
    const message = await say(line, userId, textChannelId);
    return message.kind === 'page_link' ? message.details : assert.fail(JSON.stringify(message));
  };
  const targetOf = async (url: string) => await rig.drive(desk.use(url.split('/').at(-1)));
  const recorded = (n: number, textChannelId: string | null = textA): void =>
    store.recordings.started({
      ...{ recordingSessionId: idOf(n), sessionId: 's', guildId: guildA, channelId: voiceA, channelName: 'Table' },
      ...{ textChannelId, requestedByUserId: alice, folder: '/nowhere', bootId: 'b', originUs: 0, startTime: n },
      ...{ endTime: null, durationMs: null, status: 'recording', outputFile: null, continues: null, voxprocs: 1 },
      error: null,
    });
  return { rig, desk, say, link, targetOf, recorded, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
};

test('the link leads to the newest recording of the channel that one may see, else to the library', async () => {
  await using the = await open();
  assert.equal((await the.link('', alice)).recording, null);
  for (const n of [1, 2]) the.recorded(n);
  the.recorded(3, other);
  for (const [userId, channel, target] of [
    [alice, textA, `/s/${idOf(2)}`],
    [alice, voiceA, `/s/${idOf(3)}`],
    [alice, other, `/s/${idOf(3)}`],
    [carol, textA, `/s/${idOf(2)}`],
    [bob, textA, '/'],
  ] as const) {
    const { url } = await the.link('', userId, channel);
    assert.match(url, /^https:\/\/parley\.example\/sign-in\/[\w-]{43}$/);
    assert.equal((await the.targetOf(url))?.target, target, `${userId} in ${channel}`);
    assert.equal(await the.targetOf(url), null, 'it works once');
  }
});

test('the button under a recording gives its own link to whoever may see it, and words to everybody else', async () => {
  await using the = await open();
  the.recorded(1);
  the.recorded(2);
  const [button] = compose({
    kind: 'mux_finished',
    details: {
      ...({ status: 'completed', durationMs: 1, speakers: 1, holes: 0, skipped: 0, received: 1, lost: 0 } as const),
      page: idOf(1),
    },
  }).components.flatMap(({ components }) => components);
  assert.ok(button && 'custom_id' in button && button.custom_id.length <= 100);
  const parsed = parseLine(button.custom_id.slice('parley:run:'.length));
  assert.equal(parsed?.command.name, 'web');
  const seen = await the.link(parsed?.rest ?? '', alice);
  const signedIn = await the.targetOf(seen.url);
  assert.equal(signedIn?.target, `/s/${idOf(1)}`);
  assert.equal((await the.rig.drive(the.desk.who(signedIn?.secret)))?.userId, alice);
  for (const line of [parsed?.rest ?? '', idOf(9)]) {
    assert.deepEqual((await the.say(line, bob)).details, { reason: 'not_visible', prefix: '!' });
  }
});

test('what is no id of a recording is refused before anything is looked up', () => {
  const prepared = web.prepare({ kind: 'text', text: '../../etc/passwd' });
  assert.equal(prepared.kind === 'wrong' && prepared.problem.code, 'wrong_form');
});

test('without a public URL the link is for this machine, and says so and what changes it', async () => {
  await using the = await open(null);
  const details = await the.link('', alice);
  const { content, components } = compose({ kind: 'page_link', details });
  assert.match(content, /<http:\/\/127\.0\.0\.1:8787\/sign-in\/[\w-]{43}>/);
  assert.match(content, /the machine Parley runs on only.*`PARLEY_PUBLIC_URL`/);
  assert.deepEqual(components, []);
});

test('where the pages are switched off, that is said', async () => {
  await using the = await open(null, false);
  assert.deepEqual((await the.say('', alice)).details, { reason: 'pages_off', prefix: '!' });
});
