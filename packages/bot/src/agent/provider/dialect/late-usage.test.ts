import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import type { ProviderEvent } from '../provider-event.ts';
import { CommittedTurns } from './committed-turns.ts';
import { ItemAudio } from './item-audio.ts';
import { ResponseSequencer } from './response-sequencer.ts';
import { ServerEvents } from './server-events.ts';
import { openAiKinds } from './server-kind.ts';
import { ToolCalls } from './tool-calls.ts';

const never = (): never => assert.fail('nothing of the kind was told');

test('a cancelled response that ends after it was given up tells what it cost, once, and has no second end', () => {
  const clock = new FakeClock();
  const told: ProviderEvent[] = [];
  const emit = (event: ProviderEvent): void => void told.push(event);
  const sequencer = new ResponseSequencer({ clock, emit, create: () => undefined, cancel: () => undefined });
  const events = new ServerEvents(openAiKinds, {
    ...{ emit, sequencer, calls: new ToolCalls(), items: new ItemAudio(), turns: new CommittedTurns() },
    ...{ outputRate: () => 24_000, garbage: never, close: never, ready: never, isReady: () => true },
  });
  sequencer.request('a', { modality: 'audio' });
  events.hear({ type: 'response.created', response: { id: 'r1', metadata: { request_id: 'a' } } });
  sequencer.cancel('r1');
  clock.advance(2_000);
  const done = { type: 'response.done', response: { id: 'r1', status: 'cancelled', usage: { input_tokens: 50 } } };
  events.hear(done);
  events.hear(done);
  assert.deepEqual(
    told.map(({ type }) => type),
    ['response_started', 'response_finished', 'late_usage'],
  );
  const late = told.at(-1);
  assert.equal(late?.type === 'late_usage' && late.usage.inputAudioTokens, 50);
});
