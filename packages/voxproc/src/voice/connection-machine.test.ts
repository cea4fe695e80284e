import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { backoffMs, transition } from './connection-machine.ts';
import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  connectionRules,
} from './connection-state.ts';

const A = 'channel-a';
const B = 'channel-b';

/** Runs events at their times, ticking four times a second in between, and tells what was done, with its second. */
const run = (steps: readonly (readonly [number, ConnectionEvent])[], untilMs = steps.at(-1)?.[0] ?? 0) => {
  let state: ConnectionState = { name: 'idle' };
  const effects: (ConnectionEffect & { atMs: number })[] = [];
  const feed = (event: ConnectionEvent, atMs: number) => {
    const next = transition(state, event, atMs, 0.5);
    state = next.state;
    effects.push(...next.effects.map((effect) => ({ ...effect, atMs })));
  };
  const left = [...steps];
  for (let at = 0; at <= untilMs; at += 250) {
    while (left[0] && left[0][0] <= at) feed((left.shift() as [number, ConnectionEvent])[1], at);
    feed({ type: 'tick' }, at);
  }
  return { state: state as ConnectionState, effects };
};
const told = (effects: readonly (ConnectionEffect & { atMs: number })[]): string[] =>
  effects.map((effect) => {
    const at = effect.atMs / 1000;
    if (effect.do === 'signal') return `${at} op4 ${effect.channelId ?? 'leave'}`;
    if (effect.do === 'report') return `${at} ${effect.state}`;
    if (effect.do === 'ended')
      return `${at} ended ${effect.reason}${effect.code === undefined ? '' : ` ${effect.code}`}`;
    return `${at} ${effect.do}${effect.do === 'lost' ? ` ${effect.cause}` : ''}`;
  });

const join: readonly (readonly [number, ConnectionEvent])[] = [
  [0, { type: 'join', channelId: A }],
  [0, { type: 'voice_state', channelId: A }],
  [0, { type: 'networking' }],
  [0, { type: 'networking_ready' }],
];
/** A connection that has been ready since second 0, then `steps`; only what happens after the join is told. */
const after = (steps: readonly (readonly [number, ConnectionEvent])[], untilMs?: number) => {
  const { state, effects } = run([...join, ...steps], untilMs);
  return { state: state.name, told: told(effects).slice(3) };
};
const closed = (at: number, code: number): readonly [number, ConnectionEvent] => [at, { type: 'closed', code }];
const back = (at: number): readonly (readonly [number, ConnectionEvent])[] => [
  [at, { type: 'networking' }],
  [at, { type: 'networking_ready' }],
];

describe('connection transition', () => {
  it('joins', () => {
    const { state, effects } = run(join);
    assert.equal(state.name, 'ready');
    assert.deepEqual(told(effects), ['0 op4 channel-a', '0 connecting', '0 ready']);
  });

  for (const code of [4006, 4009, 4001, 1006, 4015]) {
    it(`asks for a new session at once after ${code}`, () => {
      assert.deepEqual(after([closed(60_000, code), ...back(60_250)]), {
        state: 'ready',
        told: ['60 lost closed', '60 reconnecting', '60 op4 channel-a', '60.25 ready'],
      });
    });
  }

  it('lets the library resume, and takes the connection back without a new session', () => {
    assert.deepEqual(
      after([
        [60_000, { type: 'networking_resuming' }],
        [61_000, { type: 'networking_ready' }],
      ]),
      {
        state: 'ready',
        told: ['60 lost resuming', '60 reconnecting', '61 ready'],
      },
    );
  });

  it('asks for a new session when the resume is refused', () => {
    const { told } = after([[60_000, { type: 'networking_resuming' }], closed(61_000, 4006), ...back(61_250)]);
    assert.deepEqual(told, [
      '60 lost resuming',
      '60 reconnecting',
      '61 reconnecting',
      '61 op4 channel-a',
      '61.25 ready',
    ]);
  });

  it('gives a resume ten seconds', () => {
    const { told } = after([[60_000, { type: 'networking_resuming' }]], 70_250);
    assert.deepEqual(told.slice(2), ['70 drop', '70 reconnecting', '70.25 op4 channel-a']);
  });

  const terminal: [number, string][] = [
    [4004, 'authentication_failed'],
    [4011, 'server_not_found'],
    [4012, 'unknown_protocol'],
    [4016, 'unknown_encryption_mode'],
    [4017, 'encryption_required'],
  ];
  for (const [code, reason] of terminal) {
    it(`ends with ${code}`, () => {
      assert.deepEqual(after([closed(60_000, code)], 120_000), {
        state: 'ended',
        told: ['60 lost closed', `60 ended ${reason} ${code}`],
      });
    });
  }

  for (const code of [4014, 4022]) {
    it(`after ${code} ends as removed when our voice state is null`, () => {
      const { told } = after([closed(60_000, code), [62_000, { type: 'voice_state', channelId: null }]], 120_000);
      assert.deepEqual(told, ['60 lost closed', '60 reconnecting', `62 ended removed ${code}`]);
    });

    it(`after ${code} follows when our voice state names another channel`, () => {
      const steps = [closed(60_000, code), [61_000, { type: 'voice_state', channelId: B }], ...back(62_000)] as const;
      const { state, effects } = run([...join, ...steps]);
      assert.deepEqual(told(effects).slice(3), ['60 lost closed', '60 reconnecting', '61 moved', '62 ready']);
      assert.equal(state.name === 'ready' && state.channelId, B);
    });

    it(`after ${code} asks for a new session when our voice state says nothing for 5 s`, () => {
      assert.deepEqual(after([closed(60_000, code)], 65_250).told.slice(2), ['65 reconnecting', '65.25 op4 channel-a']);
    });

    it(`after ${code} waits no longer than for a main gateway that was away`, () => {
      const { told } = after([closed(60_000, code), [61_000, { type: 'gateway_back' }], ...back(61_250)]);
      assert.deepEqual(told.slice(2), ['61 reconnecting', '61 op4 channel-a', '61.25 ready']);
    });
  }

  it('ends as removed when our voice state becomes null while ready, even before the socket closes', () => {
    const { told, state } = after([[60_000, { type: 'voice_state', channelId: null }], closed(60_250, 4014)], 70_000);
    assert.deepEqual({ told, state }, { told: ['60 ended removed'], state: 'ended' });
  });

  it('does not take a null voice state for a removal while the connection is down', () => {
    const { state } = after([closed(60_000, 1006), [60_000, { type: 'voice_state', channelId: null }]], 61_000);
    assert.equal(state, 'signalling');
  });

  it('tells of a move by somebody else and stays with the connection', () => {
    const { state, effects } = run([...join, [60_000, { type: 'voice_state', channelId: B }], ...back(60_250)]);
    assert.deepEqual(told(effects).slice(3), [
      '60 moved',
      '60.25 lost server_changed',
      '60.25 reconnecting',
      '60.25 ready',
    ]);
    assert.equal(state.name === 'ready' && state.channelId, B);
  });

  it('retries once after 4021, ten seconds later, then ends', () => {
    const { told } = after([closed(60_000, 4021), [70_250, { type: 'networking' }], closed(70_500, 4021)], 90_000);
    assert.deepEqual(told, ['60 lost closed', '60 reconnecting', '70 op4 channel-a', '70.5 ended rate_limited 4021']);
  });

  it('backs off while the voice server is dead, never faster than once a second, and gives up after five minutes', () => {
    let state = run(join).state;
    const asked: number[] = [];
    const feed = (event: ConnectionEvent, atMs: number) => {
      const next = transition(state, event, atMs, 0.5);
      state = next.state;
      for (const effect of next.effects) if (effect.do === 'signal') asked.push(atMs);
    };
    feed({ type: 'closed', code: 1006 }, 60_000);
    for (let at = 60_000; at <= 400_000; at += 250) {
      const before = asked.length;
      feed({ type: 'tick' }, at);
      if (asked.length === before) continue;
      feed({ type: 'networking' }, at);
      feed({ type: 'closed', code: 1006 }, at);
    }
    for (let i = 1; i < asked.length; i += 1) assert.ok((asked[i] as number) - (asked[i - 1] as number) >= 1000);
    assert.ok(asked.length > 15 && asked.length < 40, `${asked.length} updates`);
    assert.ok(state.name === 'ended' && state.reason === 'unreachable');
  });

  it('leaves first when a plain update brought no server', () => {
    const { told } = after(
      [closed(60_000, 4006), [67_000, { type: 'voice_state', channelId: null }], ...back(68_000)],
      68_000,
    );
    assert.deepEqual(told.slice(2), [
      '60 op4 channel-a',
      '65 reconnecting',
      '66 op4 leave',
      '67 op4 channel-a',
      '68 ready',
    ]);
  });

  it('comes back after leaving although nobody confirms it', () => {
    const { told } = after([closed(60_000, 4006)], 69_000);
    assert.deepEqual(told.slice(-2), ['66 op4 leave', '69 op4 channel-a']);
  });

  it('follows a new voice server by itself', () => {
    assert.deepEqual(after(back(60_000)).told, ['60 lost server_changed', '60 reconnecting', '60 ready']);
  });

  it('waits for the next server when the endpoint goes away, and asks when none comes', () => {
    const gone: readonly [number, ConnectionEvent] = [60_000, { type: 'endpoint_gone' }];
    assert.deepEqual(after([gone, ...back(64_000)]).told, ['60 lost server_changed', '60 reconnecting', '64 ready']);
    assert.deepEqual(after([gone], 72_000).told.slice(2), ['70 reconnecting', '70.25 op4 leave']);
  });

  it('leaves and comes back when the watchdog says so, and only when ready', () => {
    const steps: readonly (readonly [number, ConnectionEvent])[] = [
      [60_000, { type: 'rejoin' }],
      [60_250, { type: 'rejoin' }],
      [60_500, { type: 'voice_state', channelId: null }],
      ...back(61_500),
    ];
    assert.deepEqual(after(steps).told, [
      '60 lost distrusted',
      '60 drop',
      '60 op4 leave',
      '60 reconnecting',
      '60.5 op4 channel-a',
      '61.5 ready',
    ]);
  });

  it('moves when asked, ignoring the old socket’s close and the old channel’s name', () => {
    const { state, effects } = run([
      ...join,
      [60_000, { type: 'move', channelId: B }],
      [60_000, { type: 'voice_state', channelId: A }],
      [60_250, { type: 'voice_state', channelId: B }],
      closed(60_250, 4014),
      ...back(60_500),
    ]);
    assert.deepEqual(told(effects).slice(3), ['60 lost asked', '60 op4 channel-b', '60 connecting', '60.5 ready']);
    assert.equal(state.name === 'ready' && state.channelId, B);
  });

  it('waits for the connection it is making when asked for the channel it was moved to', () => {
    const { effects } = run([
      ...join,
      [60_000, { type: 'voice_state', channelId: B }],
      [60_250, { type: 'networking' }],
      [60_250, { type: 'move', channelId: B }],
      [60_500, { type: 'networking_ready' }],
    ]);
    assert.deepEqual(told(effects).slice(-2), ['60.25 reconnecting', '60.5 ready']);
  });

  it('goes back at once from a move nobody answered, without ever having left', () => {
    const { state, effects } = run([
      ...join,
      [60_000, { type: 'move', channelId: B }],
      [69_000, { type: 'move', channelId: A }],
    ]);
    const said = told(effects).slice(3);
    assert.ok(!said.some((line) => line.endsWith('op4 leave')), `${said}`);
    assert.deepEqual(said.slice(-2), ['69 op4 channel-a', '69 ready']);
    assert.equal(state.name === 'ready' && state.channelId, A);
  });

  it('goes back by a new session from a move that closed the old connection', () => {
    const { effects } = run([
      ...join,
      [60_000, { type: 'move', channelId: B }],
      closed(60_250, 4014),
      [64_000, { type: 'move', channelId: A }],
      ...back(64_250),
    ]);
    assert.deepEqual(told(effects).slice(-3), ['64 op4 channel-a', '64 connecting', '64.25 ready']);
  });

  it('is not impressed by a connection that is ready but never for long', () => {
    const steps: (readonly [number, ConnectionEvent])[] = [...join];
    let at = 1000;
    for (let flap = 0; flap < 6; flap += 1) {
      steps.push(closed(at, 4006), ...back(at + 20_000));
      at += 21_000;
    }
    const waits: number[] = [];
    let lost = 0;
    for (const effect of run(steps).effects) {
      if (effect.do === 'lost') lost = effect.atMs;
      if (effect.do === 'signal' && effect.channelId === A && lost > 0) {
        waits.push(effect.atMs - lost);
        lost = 0;
      }
    }
    assert.ok((waits.at(-1) as number) >= 8000, `${waits}`);
  });

  it('leaves a connection alone when the main gateway comes back', () => {
    assert.deepEqual(after([[60_000, { type: 'gateway_back' }]], 70_000), { state: 'ready', told: [] });
  });

  it('leaves from every state and then does nothing any more', () => {
    const steps: (readonly (readonly [number, ConnectionEvent])[])[] = [
      [],
      [closed(60_000, 4006)],
      [closed(60_000, 4014)],
      [[60_000, { type: 'networking' }]],
    ];
    for (const step of steps) {
      const { state, effects } = run([...join, ...step, [61_000, { type: 'leave' }], closed(61_000, 4006)], 90_000);
      assert.ok(state.name === 'ended' && state.reason === 'left');
      assert.equal(effects.at(-1)?.do, 'ended');
    }
  });

  it('whatever happens, does nothing after the end', () => {
    const event: fc.Arbitrary<ConnectionEvent> = fc.oneof(
      fc.constantFrom<ConnectionEvent>(
        { type: 'networking' },
        { type: 'networking_ready' },
        { type: 'networking_resuming' },
        { type: 'endpoint_gone' },
        { type: 'gateway_back' },
        { type: 'voice_state', channelId: A },
        { type: 'voice_state', channelId: B },
      ),
      fc
        .constantFrom(1000, 1006, 4006, 4009, 4014, 4015, 4021)
        .map((code): ConnectionEvent => ({ type: 'closed', code })),
    );
    const step = fc.tuple(fc.integer({ min: 0, max: 1000 }), event);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (list) => {
        let at = 0;
        const steps = list.map(([wait, what]) => {
          at += wait;
          return [at, what] as const;
        });
        const { effects } = run([...join, ...steps], at + 20_000);
        const over = effects.findIndex((effect) => effect.do === 'ended');
        assert.ok(over === -1 || over === effects.length - 1);
      }),
      { numRuns: 200 },
    );
  });
});

describe('backoffMs', () => {
  it('doubles from one to sixteen seconds and stays within them whatever the jitter', () => {
    const middle = [1, 2, 3, 4, 5, 6, 7, 30].map((attempts) => backoffMs(attempts, 0.5));
    assert.deepEqual(middle, [1000, 2000, 4000, 8000, 16_000, 16_000, 16_000, 16_000]);
    for (let attempts = 0; attempts < 40; attempts += 1) {
      for (const jitter of [0, 0.25, 0.999]) {
        const wait = backoffMs(attempts, jitter);
        assert.ok(wait >= connectionRules.firstBackoffMs && wait <= connectionRules.maxBackoffMs);
      }
    }
  });
});
