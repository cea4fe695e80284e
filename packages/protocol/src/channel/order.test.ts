import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame, type Frame } from '../frame/frame.ts';
import { channelPair } from '../testing/channel-pair.ts';
import { settle } from '../testing/fake-clock.ts';

const person = (index: number): string => String(100_000_000_000_000_000n + BigInt(index));

test('what follows an answer is seen after the code that awaited the answer, what precedes it before', async () => {
  const { supervisor, voxproc } = channelPair();
  const seen: string[] = [];
  supervisor.onNotification('participant.left', ({ userId }) => seen.push(`left ${userId.at(-1)}`));
  voxproc.onRequest('recording.stop', () => {
    voxproc.notify('participant.left', { userId: person(1) });
    queueMicrotask(() => queueMicrotask(() => voxproc.notify('participant.left', { userId: person(2) })));
    return { summary: summary() };
  });
  const deeper = async () => await supervisor.request('recording.stop', { reason: 'asked' });
  const asked = (async () => {
    await deeper();
    await null;
    seen.push('answer');
  })();
  await asked;
  await settle();
  assert.deepEqual(seen, ['left 1', 'answer', 'left 2']);
});

test('two answers in one chunk each let their code go on before the other is seen', async () => {
  const { supervisor, voxproc, voxprocStream } = channelPair();
  voxproc.onRequest('recording.include', () => new Promise(() => {}));
  const seen: string[] = [];
  supervisor.onNotification('participant.left', () => seen.push('left'));
  const ask = async (name: string) => {
    await supervisor.request('recording.include', { userId: person(1) });
    seen.push(name);
  };
  const both = Promise.all([ask('first'), ask('second')]);
  const left: Frame = { kind: 'notification', type: 'participant.left', id: null, payload: { userId: person(1) } };
  const answer = (id: number): Frame => ({ kind: 'response', type: 'recording.include', id, payload: {} });
  voxprocStream.write(Buffer.concat([answer(1), left, answer(2), left].map(encodeFrame)));
  await both;
  await settle();
  assert.deepEqual(seen, ['first', 'left', 'second', 'left']);
});

test('requests and notifications are handled in the order in which they were sent', async () => {
  const { supervisor, voxproc } = channelPair();
  const seen: number[] = [];
  const number = ({ userId }: { userId: string }) => void seen.push(Number(userId.slice(-4)));
  voxproc.onNotification('roster.changed', number);
  voxproc.onRequest('recording.include', async (params) => {
    number(params);
    await settle();
    return {};
  });
  const answers: Promise<unknown>[] = [];
  for (let index = 0; index < 1_000; index += 1) {
    if (index % 3 === 0) answers.push(supervisor.request('recording.include', { userId: person(index) }));
    else supervisor.notify('roster.changed', rosterEntry(index));
  }
  await Promise.all(answers);
  await settle();
  assert.deepEqual(seen, [...Array(1_000).keys()]);
});

test('a listener removed by another during a message hears nothing, and one added then waits for the next', async () => {
  const { supervisor, voxproc } = channelPair();
  const heard: string[] = [];
  supervisor.onNotification('participant.left', () => {
    heard.push('first');
    second[Symbol.dispose]();
    if (heard.length === 1) supervisor.onNotification('participant.left', () => heard.push('third'));
  });
  const second = supervisor.onNotification('participant.left', () => heard.push('second'));
  voxproc.notify('participant.left', { userId: person(1) });
  await settle();
  assert.deepEqual(heard, ['first']);
  voxproc.notify('participant.left', { userId: person(1) });
  await settle();
  assert.deepEqual(heard, ['first', 'first', 'third']);
});

test('one function may listen twice, and each registration ends alone', async () => {
  const { supervisor, voxproc } = channelPair();
  let heard = 0;
  const listener = () => {
    heard += 1;
  };
  const first = supervisor.onNotification('participant.left', listener);
  supervisor.onNotification('participant.left', listener);
  first[Symbol.dispose]();
  voxproc.notify('participant.left', { userId: person(1) });
  await settle();
  assert.equal(heard, 1);
});

test('a listener that breaks is reported and does not keep the others from hearing', async () => {
  const { supervisor, voxproc, reports } = channelPair();
  let heard = 0;
  supervisor.onNotification('participant.left', () => {
    throw new Error('broken');
  });
  supervisor.onNotification('participant.left', () => {
    heard += 1;
  });
  voxproc.notify('participant.left', { userId: person(1) });
  await settle();
  assert.equal(heard, 1);
  assert.equal(reports.supervisor[0]?.what, 'listener_failed');
});

test('nothing is delivered once the link is closed, not even the rest of what had arrived', async () => {
  const { supervisor, voxproc } = channelPair();
  const heard: string[] = [];
  supervisor.onNotification('participant.left', ({ userId }) => {
    heard.push(userId);
    supervisor.close();
  });
  voxproc.notify('participant.left', { userId: person(1) });
  voxproc.notify('participant.left', { userId: person(2) });
  await settle();
  assert.deepEqual(heard, [person(1)]);
});

test('unknown notifications are counted and reported once for each type', async () => {
  const { supervisor, voxprocStream, reports } = channelPair();
  const unknown = (type: string) => encodeFrame({ kind: 'notification', type, id: null, payload: {} });
  voxprocStream.write(Buffer.concat([unknown('room.opened'), unknown('room.opened'), unknown('constructor')]));
  await settle();
  assert.equal(supervisor.counters.unknown, 3);
  assert.deepEqual(
    reports.supervisor.map(({ what, type }) => [what, type]),
    [
      ['unknown_notification', 'room.opened'],
      ['unknown_notification', 'constructor'],
    ],
  );
  assert.ok(supervisor.isOpen);
});

test('a peer that makes up ever new types is not remembered without end', async () => {
  const { supervisor, voxprocStream, reports } = channelPair();
  for (let index = 0; index < 400; index += 1) {
    voxprocStream.write(
      encodeFrame({ kind: 'notification', type: `${index} ${'x'.repeat(500)}`, id: null, payload: {} }),
    );
  }
  await settle();
  assert.equal(supervisor.counters.unknown, 400);
  assert.equal(reports.supervisor.length, 256);
  assert.ok(reports.supervisor.every(({ type }) => type.length <= 65));
});

test('a notification that does not match is counted, reported and not delivered', async () => {
  const { supervisor, voxproc, reports } = channelPair();
  supervisor.onNotification('participant.left', () => assert.fail('delivered'));
  voxproc.notify('participant.left', { userId: 'somebody' });
  await settle();
  assert.equal(supervisor.counters.invalid, 1);
  assert.deepEqual(reports.supervisor, [
    { what: 'invalid_notification', type: 'participant.left', message: 'userId: a Discord id of 17 to 20 digits' },
  ]);
});

test('a notification that cannot be encoded is reported, not thrown into its caller', async () => {
  const { supervisor, voxproc, reports } = channelPair();
  voxproc.notify('warning', { code: 'disk_slow', message: 'x', details: { at: new Date(0) } });
  voxproc.notify('fatal', { code: 'internal', message: 'x'.repeat(1_100_000) });
  await settle();
  assert.deepEqual(
    reports.voxproc.map(({ what, type }) => [what, type]),
    [
      ['send_failed', 'warning'],
      ['send_failed', 'fatal'],
    ],
  );
  assert.equal(supervisor.counters.received, 0);
  assert.ok(voxproc.isOpen);
});

const rosterEntry = (index: number) => ({
  userId: person(index),
  username: 'a',
  displayName: 'A',
  bot: null,
  muted: false,
  optedOut: false,
  present: true,
});

const summary = () => ({
  recordingSessionId: '100000000000000001-100000000000000002-20270115T080000000Z',
  endSample: 1,
  segments: 0,
  received: 0,
  written: 0,
  dropped: {},
  lost: 0,
  unattributed: 0,
  speakers: 0,
});
