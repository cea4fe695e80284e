import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { runFrames } from './frame-clock.ts';

describe('runFrames', () => {
  it('calls every 20 ms from now on until told to stop', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    const at: number[] = [];
    const done = runFrames(clock, (index) => {
      at.push(clock.now() - start);
      return index < 4;
    });
    clock.advance(200);
    assert.equal(await done, 0);
    assert.deepEqual(at, [0, 20, 40, 60, 80]);
    assert.equal(clock.timers, 0);
  });

  it('makes up for a timer that fires late', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    const at: number[] = [];
    const done = runFrames(clock, (index) => {
      at.push(clock.now() - start);
      if (index === 1) clock.advance(15);
      return index < 3;
    });
    clock.advance(200);
    assert.equal(await done, 0);
    assert.deepEqual(at, [0, 20, 40, 60]);
  });

  it('does not burst after a stall: the rest is played later, and the stall is counted', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    const at: number[] = [];
    const done = runFrames(clock, (index) => {
      at.push(clock.now() - start);
      if (index === 1) clock.advance(500);
      return index < 4;
    });
    clock.advance(1000);
    assert.equal(await done, 1);
    assert.deepEqual(at, [0, 20, 520, 540, 560]);
  });

  it('hands on what the callback throws', async () => {
    await assert.rejects(
      runFrames(new FakeClock(), () => {
        throw new Error('broken');
      }),
      /broken/,
    );
  });
});
