import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import fc from 'fast-check';
import { noUsage, type ProviderEvent } from '../provider-event.ts';
import type { FakeProviderSession } from '../testing/fake-provider.ts';
import { conversation, piece } from '../testing/resilient-rig.ts';

type Rig = Awaited<ReturnType<typeof conversation>>;
type Act = (rig: Rig, asked: string[]) => Promise<void> | void;

/** What a provider says of one of its responses; whether it may, is its own affair. */
const saying = (say: (socket: FakeProviderSession, id: string, requestId: string | null) => void) =>
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.option(fc.integer({ min: 1, max: 6 })), fc.integer({ min: 0, max: 1 }))
    .map(
      ([n, asked, back]): Act =>
        ({ provider }) => {
          const socket = provider.sessions.at(-1 - back) ?? provider.last;
          say(socket, `r${n}`, asked === null ? null : `q${asked}`);
        },
    );

const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.constant<Act>(({ session }, asked) => void asked.push(session.requestResponse({ modality: 'audio' }))),
  fc.integer({ min: 1, max: 6 }).map(
    (n): Act =>
      ({ session }) =>
        session.cancel(`request-${n}`),
  ),
  fc.integer({ min: 1, max: 4 }).map(
    (n): Act =>
      ({ session }) =>
        session.cancel(`1.r${n}`),
  ),
  fc.constant<Act>(({ session }) => {
    session.beginTurn();
    session.appendAudio(piece);
    session.endTurn();
  }),
  fc.constant<Act>(({ session }) => session.forgetSaid([])),
  saying((socket, id, requestId) => socket.say({ type: 'response_started', responseId: id, requestId })),
  saying((socket, id, requestId) => socket.answer(id, requestId, { finish: false })),
  saying((socket, id) => socket.say({ type: 'audio', responseId: id, itemId: 'i', pcm: piece, rate: 24_000 })),
  saying((socket, id) =>
    socket.say({ type: 'tool_call', responseId: id, callId: `c-${id}`, name: 'note', arguments: '{}' }),
  ),
  saying((socket, id) => socket.finish(id)),
  saying((socket, id) => socket.finish(id, 'cancelled', { ...noUsage, outputAudioTokens: 1 })),
  fc.constant<Act>(({ provider }) => provider.last.drop()),
  fc.constant<Act>(({ provider }) => provider.last.say({ type: 'going_away', ms: 9000 })),
  fc.constantFrom(250, 5500, 21_000).map(
    (ms): Act =>
      ({ clock }) =>
        clock.run(ms, 250),
  ),
);

const idsOf = (events: readonly ProviderEvent[], type: ProviderEvent['type']): string[] =>
  events.filter((event) => event.type === type).map((event) => ('responseId' in event ? event.responseId : ''));

test('whatever sockets do, a response begins and ends once, answers one request, and nothing of it comes outside of that', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { maxLength: 25 }), async (script) => {
      const rig = await conversation({ socketLimitMs: 600_000 });
      const asked: string[] = [];
      for (const act of script) await act(rig, asked);
      await rig.session[Symbol.asyncDispose]();
      await settle();
      const { events, clock } = rig;
      const open = new Set<string>();
      for (const event of events) {
        if (event.type === 'response_started') {
          assert.ok(!open.has(event.responseId), 'it begins once');
          open.add(event.responseId);
        } else if ('responseId' in event) {
          assert.ok(open.has(event.responseId), `${event.type} of one that is not under way`);
          if (event.type === 'response_finished') open.delete(event.responseId);
        }
      }
      assert.deepEqual([...open], [], 'each has ended');
      const answered = events.flatMap((event) =>
        event.type === 'response_started' && event.requestId !== null ? [event.requestId] : [],
      );
      assert.equal(new Set(answered).size, answered.length, 'a request is answered once');
      assert.ok(answered.every((requestId) => asked.includes(requestId)));
      assert.equal(idsOf(events, 'closed').length, 1);
      assert.equal(clock.timers, 0);
    }),
    { numRuns: 200 },
  );
});
