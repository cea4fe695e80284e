import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { z } from 'zod';
import { encodeFrame, type Frame } from '../frame/frame.ts';
import { FrameDecoder } from '../frame/frame-decoder.ts';
import { catalogue, type Side } from '../messages.ts';
import { ProtocolError, toWireError } from '../protocol-error.ts';
import { type SampleSize, sampleOf } from '../testing/sample.ts';
import type { NotificationSpec } from './notifications.ts';
import { maxAudioBytes } from './parts.ts';
import type { RequestSpec } from './requests.ts';

interface Message {
  readonly name: string;
  readonly kind: Frame['kind'];
  readonly schema: z.ZodType;
}

/** Every payload that may cross the pipe. */
const messages: Message[] = (Object.keys(catalogue) as Side[]).flatMap((side) => [
  ...Object.entries<RequestSpec>(catalogue[side].requests).flatMap(([name, { params, result }]) => [
    { name, kind: 'request' as const, schema: params },
    { name, kind: 'response' as const, schema: result },
  ]),
  ...Object.entries<NotificationSpec>(catalogue[side].notifications).map(([name, { params }]) => ({
    name,
    kind: 'notification' as const,
    schema: params,
  })),
]);

const frameOf = ({ name, kind, schema }: Message, size: SampleSize): Frame => {
  const payload = sampleOf(schema, size);
  return { kind, type: name, id: kind === 'notification' ? null : 7, payload };
};
const decode = (bytes: Uint8Array): Frame[] => [...new FrameDecoder().push(bytes)];

for (const message of messages) {
  test(`a ${message.kind} ${message.name} comes back as it was sent, with and without its optional fields`, () => {
    for (const size of ['full', 'bare'] as const) {
      const frame = frameOf(message, size);
      const [received, ...more] = decode(encodeFrame(frame));
      assert.deepEqual(received, frame);
      assert.deepEqual(more, []);
      assert.deepEqual(message.schema.parse(received?.payload), frame.payload);
    }
  });
}

const golden = JSON.parse(readFileSync(new URL('../golden/frames.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>;
const goldenFrames = new Map<string, Frame>([
  ...messages.map((message) => [`${message.kind} ${message.name}`, frameOf(message, 'full')] as const),
  [
    'error session.join',
    {
      kind: 'error',
      type: 'session.join',
      id: 7,
      payload: toWireError(new ProtocolError('voice_timeout', 'not ready within 15 s', { waitedMs: 15_000 })),
    },
  ],
]);

test('each message has golden bytes, and each golden bytes a message', () => {
  assert.deepEqual(Object.keys(golden).sort(), [...goldenFrames.keys()].sort());
});

for (const [name, frame] of goldenFrames) {
  test(`the bytes of ${name} are the golden ones`, () => {
    assert.equal(encodeFrame(frame).toString('hex'), golden[name]);
    assert.deepEqual(decode(Buffer.from(golden[name] ?? '', 'hex')), [frame]);
  });
}

test('a payload may hold fields this side does not know: newer peers add them', () => {
  const { params } = catalogue.supervisor.requests.ping;
  assert.deepEqual(params.parse({ seq: 1, added: true }), { seq: 1 });
});

test('audio is whole samples, and not more than a message may carry', () => {
  const { params } = catalogue.supervisor.notifications['speech.audio'];
  const fits = (bytes: number) => params.safeParse({ utteranceId: 'a', seq: 0, pcm: new Uint8Array(bytes) }).success;
  assert.deepEqual([0, 2, 3, maxAudioBytes, maxAudioBytes + 2].map(fits), [true, true, false, true, false]);
  assert.equal(params.safeParse({ utteranceId: 'a', seq: 0, pcm: [1, 2] }).success, false);
});
