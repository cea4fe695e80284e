import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { noUsage, type ProviderEvent } from '../provider-event.ts';
import { ResponseSequencer } from './response-sequencer.ts';

const rig = () => {
  const clock = new FakeClock();
  const events: ProviderEvent[] = [];
  const sent: string[] = [];
  const sequencer = new ResponseSequencer({
    clock,
    emit: (event) => events.push(event),
    create: (id) => sent.push(`create ${id}`),
    cancel: (id) => sent.push(`cancel ${id}`),
  });
  const ask = (id: string): void => sequencer.request(id, { modality: 'audio' });
  const told = (): string[] =>
    events.map((event) =>
      event.type === 'response_started'
        ? `${event.responseId} starts for ${event.requestId}`
        : event.type === 'response_finished'
          ? `${event.responseId} ${event.status}`
          : event.type === 'warning'
            ? `! ${event.code}`
            : event.type,
    );
  const finish = (id: string): void => {
    const response = sequencer.of(id);
    if (response !== null) sequencer.finished(response, 'completed', noUsage);
  };
  return { clock, sequencer, sent, ask, told, finish };
};

test('a request waits for the end of the response under way, whoever began it', () => {
  const { sequencer, sent, ask, told, finish } = rig();
  sequencer.started('theirs', null);
  ask('a');
  ask('b');
  assert.deepEqual(sent, []);
  finish('theirs');
  assert.deepEqual(sent, ['create a']);
  sequencer.started('r1', null);
  finish('r1');
  sequencer.started('r2', 'b');
  assert.deepEqual(sent, ['create a', 'create b']);
  assert.deepEqual(told(), [
    'theirs starts for null',
    'theirs completed',
    'r1 starts for a',
    'r1 completed',
    'r2 starts for b',
  ]);
});

test('a start or an end that is told again changes nothing', () => {
  const { sequencer, ask, told, finish } = rig();
  ask('a');
  const response = sequencer.started('r1', 'a');
  sequencer.started('r1', 'a');
  finish('r1');
  finish('r1');
  assert.ok(response !== null);
  sequencer.finished(response, 'failed', noUsage);
  sequencer.started('r1', 'a');
  assert.equal(sequencer.of('r1'), null);
  assert.deepEqual(told(), ['r1 starts for a', 'r1 completed']);
});

test('where the provider says that it is busy, the request is made again when that is over, or after a second', () => {
  const { clock, sequencer, sent, ask, finish } = rig();
  ask('a');
  sequencer.busy();
  assert.deepEqual(sent, ['create a']);
  sequencer.started('other', null);
  finish('other');
  assert.deepEqual(sent, ['create a', 'create a']);
  sequencer.busy();
  clock.advance(1_000);
  assert.deepEqual(sent, ['create a', 'create a', 'create a']);
});

test('a request the provider is always too busy for fails after the fifth time', () => {
  const { clock, sequencer, sent, ask, told } = rig();
  ask('a');
  for (let n = 0; n < 6; n += 1) {
    sequencer.busy();
    clock.advance(1_000);
  }
  assert.equal(sent.length, 6);
  assert.deepEqual(told(), ['! response_busy', 'refused_a starts for a', 'refused_a failed']);
  assert.equal(clock.timers, 0);
});

test('a refused request is a response that failed, and the next one follows', () => {
  const { sequencer, sent, ask, told } = rig();
  ask('a');
  ask('b');
  assert.equal(sequencer.refused('nobody', 'x', ''), false);
  assert.equal(sequencer.refused('a', 'invalid_value', ''), true);
  assert.deepEqual(told(), ['! invalid_value', 'refused_a starts for a', 'refused_a failed']);
  assert.deepEqual(sent, ['create a', 'create b']);
});

test('of nine requests that wait the oldest is given up', () => {
  const { sequencer, ask, told } = rig();
  sequencer.started('theirs', null);
  for (let n = 1; n <= 9; n += 1) ask(`q${n}`);
  assert.deepEqual(told().slice(1), ['! response_queue_full', 'refused_q1 starts for q1', 'refused_q1 failed']);
});

test('a cancelled response ends as cancelled, whatever the provider calls it, unless it failed', () => {
  for (const [status, ended] of [
    ['completed', 'cancelled'],
    ['incomplete', 'cancelled'],
    ['failed', 'failed'],
  ] as const) {
    const { clock, sequencer, sent, ask, told } = rig();
    ask('a');
    const response = sequencer.started('r1', 'a');
    sequencer.cancel('a');
    assert.deepEqual(sent, ['create a', 'cancel r1']);
    assert.ok(response !== null);
    sequencer.finished(response, status, noUsage);
    assert.equal(told().at(-1), `r1 ${ended}`);
    assert.equal(clock.timers, 0);
  }
});

test('what is cancelled before it starts is cancelled when it starts', () => {
  const { sequencer, sent, ask, told } = rig();
  ask('a');
  sequencer.cancel('a');
  sequencer.cancel('a');
  assert.deepEqual(sent, ['create a', 'cancel null']);
  assert.equal(sequencer.started('r1', 'a')?.cancelled, true);
  assert.deepEqual(sent, ['create a', 'cancel null', 'cancel r1']);
  sequencer.nothingToCancel();
  assert.deepEqual(told(), ['r1 starts for a', 'r1 cancelled']);
});

test('at the end everything that is open ends once, and nothing comes after', () => {
  const { clock, sequencer, ask, told } = rig();
  sequencer.started('r1', null);
  sequencer.cancel('r1');
  sequencer.started('r2', null);
  ask('a');
  sequencer.end('dropped', 'close 1006');
  sequencer.started('r3', null);
  ask('b');
  assert.deepEqual(told().slice(2), ['r1 cancelled', '! dropped', 'r2 failed']);
  assert.equal(clock.timers, 0);
});

test('a response that comes when its request was given up is stopped, and is not taken for the next one', () => {
  const { clock, sequencer, sent, ask, told, finish } = rig();
  ask('a');
  sequencer.cancel('a');
  clock.advance(2_000);
  ask('b');
  sequencer.started('r1', 'a');
  assert.deepEqual(sent, ['create a', 'cancel null', 'create b', 'cancel r1']);
  finish('r1');
  sequencer.started('r2', 'b');
  assert.deepEqual(told(), ['r1 starts for a', 'r1 cancelled', 'r2 starts for b']);
});

test('what a response cost that was given up before the provider ended it may be told late, once', () => {
  const { clock, sequencer, ask } = rig();
  ask('a');
  sequencer.started('r1', 'a');
  sequencer.cancel('r1');
  clock.advance(2_000);
  assert.equal(sequencer.of('r1'), null);
  assert.deepEqual(
    [sequencer.paidLate('r1'), sequencer.paidLate('r1'), sequencer.paidLate('r0')],
    [true, false, false],
  );
});
