import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import fc from 'fast-check';
import { CommittedTurns } from '../../../packages/bot/src/agent/provider/dialect/committed-turns.ts';
import { ItemAudio } from '../../../packages/bot/src/agent/provider/dialect/item-audio.ts';
import { ResponseSequencer } from '../../../packages/bot/src/agent/provider/dialect/response-sequencer.ts';
import { ServerEvents } from '../../../packages/bot/src/agent/provider/dialect/server-events.ts';
import { ToolCalls } from '../../../packages/bot/src/agent/provider/dialect/tool-calls.ts';
import type { ProviderEvent } from '../../../packages/bot/src/agent/provider/provider-event.ts';
import { xaiKinds } from '../../../packages/bot/src/agent/provider/xai/xai-kinds.ts';

const id = fc.constantFrom('r1', 'r2', 'r3');
const item = fc.record(
  { id, type: fc.constantFrom('message', 'function_call', 7), call_id: id, name: fc.string(), arguments: fc.json() },
  { requiredKeys: [] },
);
const anything = fc.jsonValue({ maxDepth: 2 });
/** Events of every known name, whose fields are sometimes what they should be. */
const event = fc.record(
  {
    type: fc.constantFrom(...Object.keys(xaiKinds), 'response.of_the_future'),
    event_id: fc.oneof(fc.uuid(), anything),
    response_id: fc.oneof(id, anything),
    item_id: fc.oneof(id, anything),
    call_id: fc.oneof(id, anything),
    delta: fc.oneof(fc.base64String(), fc.string(), anything),
    transcript: fc.oneof(fc.string(), anything),
    logprobs: anything,
    item: fc.oneof(item, anything),
    error: fc.oneof(fc.record({ code: fc.string(), message: fc.string(), event_id: id }), anything),
    response: fc.oneof(
      fc.record({
        id,
        status: fc.constantFrom('completed', 'failed', 'strange'),
        output: fc.array(item),
        usage: anything,
      }),
      anything,
    ),
    session: anything,
  },
  { requiredKeys: ['type'] },
);

test('whatever a provider sends, nothing is thrown, and each response starts and ends once, in that order', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof({ weight: 9, arbitrary: event }, { weight: 1, arbitrary: fc.dictionary(fc.string(), anything) }),
        { maxLength: 60 },
      ),
      (events) => {
        const clock = new FakeClock();
        const told: ProviderEvent[] = [];
        const emit = (one: ProviderEvent): void => void told.push(one);
        const sequencer = new ResponseSequencer({ clock, emit, create: () => undefined, cancel: () => undefined });
        const hearing = new ServerEvents(xaiKinds, {
          ...{ emit, sequencer, calls: new ToolCalls(), items: new ItemAudio(), turns: new CommittedTurns() },
          ...{ outputRate: () => 24_000, garbage: () => undefined, close: () => undefined, ready: () => undefined },
          isReady: () => true,
        });
        sequencer.request('q1', { modality: 'audio' });
        for (const one of events) hearing.hear(one);
        sequencer.end('dropped', 'the socket broke');
        const open = new Set<string>();
        const over = new Set<string>();
        for (const one of told) {
          if (!('responseId' in one)) continue;
          const { responseId, type } = one;
          if (type === 'response_started') {
            assert.ok(!open.has(responseId) && !over.has(responseId), 'it starts once');
            open.add(responseId);
          } else assert.ok(open.has(responseId), `${type} within its response`);
          if (type === 'response_finished') {
            open.delete(responseId);
            over.add(responseId);
          }
          if (one.type === 'audio') assert.ok(one.pcm.length > 0 && one.pcm.length % 2 === 0);
        }
        assert.equal(open.size, 0, 'it ends');
        assert.equal(clock.timers, 0, 'a timer is left');
      },
    ),
    { numRuns: 400 },
  );
});
