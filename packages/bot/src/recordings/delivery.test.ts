import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { alice, FakeDiscord, guildA, textA, voiceA } from '../testing/fake-discord.ts';
import { deliver } from './delivery.ts';
import { deliveryLadder } from './delivery-ladder.ts';
import { newSessionFile } from './session-files.ts';

const mib = 1024 * 1024;
const hour = 3_600_000;

for (const { name, to, facts, rungs } of [
  { name: 'small enough', to: 'channel', facts: { sizeBytes: 9 * mib, durationMs: hour }, rungs: ['attach', 'host'] },
  {
    name: 'exactly the limit, which the request itself needs a little of',
    to: 'channel',
    facts: { sizeBytes: 10 * mib, durationMs: hour },
    rungs: ['attach_small', 'host'],
  },
  {
    name: 'an hour too large',
    to: 'channel',
    facts: { sizeBytes: 40 * mib, durationMs: hour },
    rungs: ['attach_small', 'host'],
  },
  {
    name: 'too long for any copy',
    to: 'channel',
    facts: { sizeBytes: 400 * mib, durationMs: 10 * hour },
    rungs: ['host'],
  },
  {
    name: 'too large, with a public URL',
    to: 'channel',
    facts: { sizeBytes: 400 * mib, durationMs: 10 * hour, hasPublicUrl: true },
    rungs: ['link', 'host'],
  },
  { name: 'not to be delivered', to: 'none', facts: { sizeBytes: 1, durationMs: 1 }, rungs: [] },
] as const) {
  test(`a mix that is ${name}: ${rungs.join(', then ') || 'nothing'}`, () => {
    assert.deepEqual(deliveryLadder(to, { limitBytes: 10 * mib, hasPublicUrl: false, ...facts }), rungs);
  });
}

const rig = async (sizeBytes: number, durationMs = hour) => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-delivery-'));
  await writeFile(join(folder, 'full.ogg'), '');
  await truncate(join(folder, 'full.ogg'), sizeBytes);
  const discord = new FakeDiscord();
  const recordingSessionId = `${guildA}-${voiceA}-20270115T080000000Z`;
  const session = {
    ...newSessionFile({
      sessionId: 's',
      recordingSessionId,
      guildId: guildA,
      channelId: voiceA,
      channelName: 'T',
      startTime: 0,
    }),
    status: 'completed' as const,
    outputFile: 'full.ogg',
    durationMs,
  };
  const asked: number[] = [];
  const noted: string[] = [];
  let mayStand = true;
  let small: string | null = null;
  const go = (to: 'channel' | 'requester_dm' | 'none', publicUrl = false, requestedByUserId = alice) =>
    deliver(
      {
        discord,
        logger: pino({ level: 'silent' }),
        linkTo: publicUrl ? (id, file) => `https://parley.example/dl/${id}/${file}` : null,
        makeSmall: async (_, bytes) => {
          asked.push(bytes);
          if (small === null) throw new Error('parley-mux has no such option');
          return { file: small };
        },
        now: () => 0,
        posted: async (id, sent) => {
          noted.push(`${id} ${sent.channelId}/${sent.id}`);
          return mayStand;
        },
      },
      { recordingSessionId, folder, guildId: guildA, textChannelId: textA, requestedByUserId },
      session,
      { deliver: to },
    );
  return {
    discord,
    go,
    asked,
    noted,
    eraseSomebody: () => {
      mayStand = false;
    },
    offerSmall: () => {
      small = 'small.ogg';
    },
    posts: () => discord.posted.map(({ channelId, message, files }) => `${channelId} ${message.kind} ${files.length}`),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
};

test('a mix that fits is attached', async () => {
  await using the = await rig(mib);
  assert.equal(await the.go('channel'), 'attach');
  assert.deepEqual(the.posts(), [`${textA} delivered_file 1`]);
});

test('a large one is attached as a small copy where one can be made', async () => {
  await using the = await rig(40 * mib);
  the.offerSmall();
  assert.equal(await the.go('channel'), 'attach_small');
  assert.deepEqual(the.posts(), [`${textA} delivered_small 1`]);
  assert.ok((the.asked[0] ?? 0) < 10 * mib);
});

test('messages with a file are noted, so that they can be taken back; one that is too late goes at once', async () => {
  await using the = await rig(mib);
  await the.go('channel');
  assert.deepEqual(the.noted, [`${guildA}-${voiceA}-20270115T080000000Z ${textA}/1`]);
  assert.deepEqual(the.discord.deleted, []);
  the.eraseSomebody();
  assert.equal(await the.go('channel'), 'attach');
  assert.deepEqual(the.discord.deleted, [`${textA}/2`]);
  the.discord.failDelete = new Error('down');
  assert.equal(await the.go('requester_dm'), 'attach', 'it is noted, and tried again later');
  assert.equal(the.noted.length, 3);
});

test('without a small copy the link is next, and without a public URL the host', async () => {
  await using the = await rig(40 * mib);
  assert.equal(await the.go('channel', true), 'link');
  assert.equal(await the.go('channel'), 'host');
  assert.deepEqual(the.posts(), [`${textA} delivered_link 0`, `${textA} delivery_on_host 0`]);
});

test('an upload that Discord refuses falls to the next rung', async () => {
  await using the = await rig(mib);
  the.discord.failPost = ({ kind }) => (kind === 'delivered_file' ? new Error('Request entity too large') : null);
  assert.equal(await the.go('channel', true), 'link');
});

test('the requester’s closed direct messages are said once in the channel, and the file goes nowhere else', async () => {
  await using the = await rig(mib);
  the.discord.failPost = ({ kind }) =>
    kind === 'delivered_file' ? Object.assign(new Error('Cannot send messages to this user'), { code: 50_007 }) : null;
  assert.equal(await the.go('requester_dm', true), 'host');
  assert.deepEqual(the.posts(), [`${textA} delivery_dm_failed 0`]);
});

test('who asked for it and was erased since gets nothing, and nobody else does in their place', async () => {
  await using the = await rig(mib);
  assert.equal(await the.go('requester_dm', false, '0'), 'host');
  assert.deepEqual(the.posts(), []);
});

test('nothing is delivered where nothing is to be', async () => {
  await using the = await rig(mib);
  assert.equal(await the.go('none'), null);
  assert.deepEqual(the.posts(), []);
});
