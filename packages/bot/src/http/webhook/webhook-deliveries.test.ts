import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { markForErasure, recordingFolder, recordingLayout, type SessionFile } from '@parley/mux';
import { type SessionCompleted, sessionCompleted } from '@parley/protocol/api';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { newSessionFile, writeSessionFile } from '../../recordings/session-files.ts';
import { openStore } from '../../store/index.ts';
import { Background } from '../../vox/background.ts';
import { createMetrics } from '../metrics.ts';
import { maxTries } from './retry.ts';
import { lookAgainMs, WebhookDeliveries } from './webhook-deliveries.ts';

const guildId = '100000000000000001';
const channelId = '300000000000000001';
const ben = '200000000000000002';
const id = `${guildId}-${channelId}-20270115T080000000Z`;
const secret = 'a secret of sixteen letters or more';
const minute = 60_000;

interface Told {
  readonly at: number;
  readonly delivery: string;
  readonly signature: string;
  readonly body: string;
}

/** A store, a folder of recordings, and a receiver that answers with `status`, or with null not at all. `open` is another run of the supervisor. */
const openRig = async () => {
  await using scope = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'parley-webhook-'));
  scope.defer(() => rm(folder, { recursive: true, force: true }));
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const background = new Background(logger);
  const store = scope.use(await openStore({ file: join(folder, 'parley.db'), clock, logger, driver: 'node' }));
  const metrics = scope.use(createMetrics());
  const told: Told[] = [];
  const answer: { status: number | null; heard: () => void } = { status: 200, heard: () => undefined };
  const transcript: { status: SessionCompleted['recording']['transcript']; isMade: boolean } = {
    status: 'none',
    isMade: false,
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      told.push({
        at: clock.now(),
        delivery: String(request.headers['x-parley-delivery']),
        signature: String(request.headers['x-parley-signature']),
        body: Buffer.concat(chunks).toString(),
      });
      answer.heard();
      if (answer.status !== null) response.writeHead(answer.status).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope.defer(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  const recordingsDir = join(folder, 'recordings');
  const root = recordingFolder(recordingsDir, id);
  const write = async (session: Partial<SessionFile> = {}): Promise<void> => {
    await mkdir(root, { recursive: true });
    const sessionId = '00000000-0000-4000-8000-000000000001';
    const identity = { recordingSessionId: id, sessionId, guildId, channelId, channelName: 'Table', startTime: 1000 };
    const person = { userId: ben, username: 'ben', displayName: 'Ben', bot: false, speechMs: 5000 };
    await writeSessionFile(root, {
      ...newSessionFile(identity),
      ...{ status: 'completed', durationMs: 60_000, participants: [person], ...session },
    });
  };
  const open = (): WebhookDeliveries =>
    new WebhookDeliveries({
      ...{ url: new URL(`http://127.0.0.1:${port}/`), secret, allowPrivate: false, recordingsDir, store },
      publicUrl: 'https://parley.example',
      transcriptOf: async () => transcript,
      resolve: async () => [],
      random: () => 0,
      ...{ metrics, clock, logger, background },
    });
  const owned = scope.move();
  return {
    ...{ clock, store, told, answer, transcript, root, write, open },
    job: () => store.jobs.get('webhook', id),
    /** What was begun is done. */
    done: async () => {
      await background.settled();
      await settle();
    },
    counted: async (outcome: string): Promise<number> =>
      (await metrics.webhookTries.get()).values
        .filter(({ labels }) => labels.outcome === outcome)
        .reduce((sum, { value }) => sum + value, 0),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

test('a finished recording is told of once, signed, as the contract says', async () => {
  await using the = await openRig();
  await using webhook = the.open();
  await the.write();
  await webhook.ended(id);
  webhook.look(id);
  await the.done();
  webhook.look(id);
  await webhook.ended(id);
  webhook.look(id);
  await the.done();
  assert.equal(the.told.length, 1);
  const [{ body, delivery, signature } = { body: '', delivery: '', signature: '' }] = the.told;
  const event = sessionCompleted.parse(JSON.parse(body));
  assert.equal(event.deliveryId, delivery);
  assert.deepEqual(event.recording.people, [{ userId: ben, displayName: 'Ben', speechMs: 5000 }]);
  assert.equal(event.recording.url, `https://parley.example/s/${id}`);
  const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  assert.equal(Number(t), Math.floor(the.clock.now() / 1000));
  assert.equal(v1, createHmac('sha256', secret).update(`${t}.${body}`).digest('hex'));
  assert.deepEqual([(await the.job())?.state, await the.counted('delivered')], ['done', 1]);
  assert.equal(the.clock.timers, 0);
});

test('what fails is tried again after 1, 5 and 30 minutes, 2 hours and then every 12 hours, ten times in all', async () => {
  await using the = await openRig();
  await using webhook = the.open();
  the.answer.status = 500;
  await the.write();
  await webhook.ended(id);
  const from = the.clock.now();
  webhook.look(id);
  await the.done();
  for (const minutes of [1, 5, 30, 120, 720, 720, 720, 720, 720]) {
    the.clock.advance(minutes * minute - 1);
    await the.done();
    const before = the.told.length;
    the.clock.advance(1);
    await the.done();
    assert.equal(the.told.length, before + 1, `after ${minutes} minutes`);
  }
  the.clock.advance(100 * 720 * minute);
  await the.done();
  assert.equal(the.told.length, maxTries);
  assert.equal((the.told.at(-1)?.at ?? 0) - from, (1 + 5 + 30 + 120 + 5 * 720) * minute);
  assert.equal(new Set(the.told.map(({ delivery }) => delivery)).size, 1);
  assert.equal(new Set(the.told.map(({ body }) => body)).size, 1);
  assert.equal(new Set(the.told.map(({ signature }) => signature)).size, maxTries);
  assert.deepEqual([(await the.job())?.state, (await the.job())?.lastError], ['failed', 'status: it answered 500']);
  assert.deepEqual([await the.counted('failed'), await the.counted('given_up')], [maxTries - 1, 1]);
});

test('an event that cannot be told, for what its session.json says, is given up as well', async () => {
  await using the = await openRig();
  await using webhook = the.open();
  await the.write({ channelId: 'no id of Discord' });
  await webhook.ended(id);
  webhook.look(id);
  await the.done();
  assert.deepEqual([(await the.job())?.attempts, await the.counted('failed')], [1, 1]);
  for (const minutes of [1, 5, 30, 120, 720, 720, 720, 720, 720]) {
    the.clock.advance(minutes * minute);
    await the.done();
  }
  assert.equal((await the.job())?.state, 'failed');
  assert.match((await the.job())?.lastError ?? '', /^unreadable: /);
  assert.deepEqual([the.told.length, await the.counted('given_up'), the.clock.timers], [0, 1, 0]);
});

test('a receiver that answers 410 hears no more of it', async () => {
  await using the = await openRig();
  await using webhook = the.open();
  the.answer.status = 410;
  await the.write();
  await webhook.ended(id);
  webhook.look(id);
  await the.done();
  assert.deepEqual([the.told.length, (await the.job())?.state, the.clock.timers], [1, 'failed', 0]);
});

test('another run goes on where the one before stood: with what was due, with what waits, and not with what was told', async () => {
  await using the = await openRig();
  the.answer.status = 503;
  await the.write();
  {
    await using webhook = the.open();
    await webhook.ended(id);
    webhook.look(id);
    await the.done();
  }
  the.clock.advance(minute / 2);
  {
    await using webhook = the.open();
    await webhook.resume();
    await the.done();
    assert.equal(the.told.length, 1, 'the minute is not over');
  }
  the.clock.advance(minute);
  the.answer.status = 200;
  {
    await using webhook = the.open();
    await webhook.resume();
    await the.done();
    assert.deepEqual([the.told.length, (await the.job())?.attempts], [2, 2]);
  }
  await using webhook = the.open();
  await webhook.resume();
  await the.done();
  assert.equal(the.told.length, 2);
  assert.equal(the.clock.timers, 0);
});

test('a recording that is still mixed when Parley ends is told of when the next run has mixed it', async () => {
  await using the = await openRig();
  await the.write({ status: 'muxing', durationMs: null });
  {
    await using webhook = the.open();
    await webhook.ended(id);
  }
  await using webhook = the.open();
  await webhook.resume();
  await webhook.ended(id);
  await the.done();
  assert.deepEqual([the.told.length, (await the.job())?.attempts], [0, 0]);
  await the.write();
  webhook.look(id);
  await the.done();
  assert.equal(the.told.length, 1);
});

test('a recording that was never announced as ended, such as one mixed anew after an erasure, is not told of', async () => {
  await using the = await openRig();
  await using webhook = the.open();
  await the.write();
  webhook.look(id);
  await the.done();
  assert.equal(the.told.length, 0);
});

test('the transcript is waited for, and its state is told', async () => {
  await using the = await openRig();
  await using webhook = the.open();
  await the.write();
  Object.assign(the.transcript, { isMade: true });
  await webhook.ended(id);
  webhook.look(id);
  await the.done();
  assert.equal(the.told.length, 0);
  the.transcript.status = 'done';
  the.clock.advance(lookAgainMs);
  await the.done();
  assert.equal(sessionCompleted.parse(JSON.parse(the.told[0]?.body ?? '')).recording.transcript, 'done');
});

test('who is being erased is not told of: neither before it is done nor afterwards', async () => {
  await using the = await openRig();
  await using webhook = the.open();
  await the.write();
  await webhook.ended(id);
  await markForErasure(recordingLayout(the.root), ben);
  webhook.look(id);
  await the.done();
  assert.equal(the.told.length, 0);
  await rm(the.root, { recursive: true });
  await the.write({ status: 'empty', participants: [] });
  the.clock.advance(lookAgainMs);
  await the.done();
  assert.equal(the.told.length, 1);
  assert.doesNotMatch(the.told[0]?.body ?? ben, new RegExp(`${ben}|Ben`));
});

test('of a recording that was deleted before it could be told of nothing is told', async () => {
  await using the = await openRig();
  await using webhook = the.open();
  await webhook.ended(id);
  webhook.look(id);
  await the.done();
  assert.deepEqual([the.told.length, (await the.job())?.state], [0, 'failed']);
});

test('an end in the middle of a try leaves it to the next run', async () => {
  await using the = await openRig();
  await the.write();
  const arrived = Promise.withResolvers<void>();
  the.answer.heard = arrived.resolve;
  the.answer.status = null;
  const webhook = the.open();
  await webhook.ended(id);
  webhook.look(id);
  await arrived.promise;
  await webhook[Symbol.asyncDispose]();
  assert.deepEqual([(await the.job())?.state, (await the.job())?.attempts, the.clock.timers], ['queued', 1, 0]);
  the.answer.status = 200;
  await using next = the.open();
  await next.resume();
  await the.done();
  assert.deepEqual([the.told.length, (await the.job())?.state], [2, 'done']);
});
