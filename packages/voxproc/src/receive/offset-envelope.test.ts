import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ENVELOPE_SAMPLES, OffsetEnvelope } from './offset-envelope.ts';

const SECOND = 48_000;

test('the envelope is the least offset of the last 30 s, to a tenth of a second', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ stepMs: fc.integer({ min: 0, max: 3000 }), delay: fc.integer({ min: 0, max: 20_000 }) }), {
        minLength: 1,
        maxLength: 300,
      }),
      (packets) => {
        const envelope = new OffsetEnvelope();
        const seen: [arrival: number, offset: number][] = [];
        let arrival = 0;
        for (const { stepMs, delay } of packets) {
          arrival += stepMs * 48;
          seen.push([arrival, delay]);
          envelope.add(arrival, arrival - delay);
          const least = (windowSamples: number) =>
            Math.min(...seen.filter(([at]) => at > arrival - windowSamples).map(([, offset]) => offset));
          assert.ok(envelope.minimum <= least(ENVELOPE_SAMPLES - 4800));
          assert.ok(envelope.minimum >= least(ENVELOPE_SAMPLES + 4800));
        }
      },
    ),
  );
});

test('after a longer silence nothing of the old minimum is left', () => {
  const envelope = new OffsetEnvelope();
  envelope.add(0, 100);
  assert.equal(envelope.minimum, -100);
  envelope.add(31 * SECOND, 31 * SECOND - 50);
  assert.equal(envelope.minimum, 50);
});

test('the minimum is provisional for the first 30 s, and again after a silence as long', () => {
  const envelope = new OffsetEnvelope();
  assert.equal(envelope.isProvisional(0), true);
  for (let second = 0; second <= 30; second += 1) {
    envelope.add(second * SECOND, second * SECOND);
    assert.equal(envelope.isProvisional(second * SECOND), second < 30);
  }
  envelope.add(70 * SECOND, 70 * SECOND);
  assert.equal(envelope.isProvisional(70 * SECOND), true);
});

test('with drift the minimum is carried on to now', () => {
  const envelope = new OffsetEnvelope();
  const ppm = 80;
  let arrival = 0;
  for (; arrival < 120 * SECOND; arrival += 960) envelope.add(arrival, arrival - arrival * ppm * 1e-6);
  const truth = arrival * ppm * 1e-6;
  assert.ok(truth - envelope.minimum > 110, 'the minimum lags by 30 s of drift');
  assert.ok(Math.abs(envelope.offsetAt(arrival, ppm) - truth) < 1);
});

test('a wrong guess of the drift is bounded', () => {
  const envelope = new OffsetEnvelope();
  envelope.add(0, 0);
  assert.ok(Math.abs(envelope.offsetAt(30 * SECOND, 1e6)) <= 30 * SECOND * 200e-6);
});

test('it knows nothing before the first packet and after a reset', () => {
  const envelope = new OffsetEnvelope();
  assert.ok(Number.isNaN(envelope.minimum));
  envelope.add(5, 0);
  envelope.reset();
  assert.ok(Number.isNaN(envelope.minimum));
  assert.ok(Number.isNaN(envelope.offsetAt(5, 0)));
});
