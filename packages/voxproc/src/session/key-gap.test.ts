import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Hole } from '@parley/mux';
import { Holes } from './holes.ts';
import { KeyGap } from './key-gap.ts';

const second = 1e6;

/** Sample 0 is at 0; holes are told in seconds. */
const build = () => {
  const told: string[] = [];
  const state = { held: 0 };
  const onHole = ({ reason, fromSample, toSample }: Hole) => {
    told.push(`${reason} ${(fromSample / 48_000).toFixed(1)}–${(toSample / 48_000).toFixed(1)}`);
  };
  const holes = new Holes({ onHole, sampleAt: (us) => Math.round(us * 0.048) });
  const gap = new KeyGap({ holes, held: () => state.held });
  /** The connection is lost at `s`. */
  const lose = (s: number): void => {
    gap.keys(false, s * second);
    gap.disconnected(s * second);
    holes.begin('reconnecting', s * second);
  };
  return { told, state, holes, gap, lose };
};

describe('KeyGap', () => {
  it('ends a reconnection where it stands when nothing needs keys', () => {
    const { gap, lose, told } = build();
    lose(10);
    gap.keys(true, 11 * second);
    gap.connected(11 * second);
    assert.deepEqual(told, ['reconnecting 10.0–11.0']);
  });

  it('lets the hole of a reconnection reach to the keys when somebody spoke before them', () => {
    const { gap, lose, told, state } = build();
    lose(10);
    gap.connected(11 * second);
    state.held = 3;
    gap.tick(11.2 * second);
    gap.keys(true, 11.3 * second);
    gap.tick(11.4 * second);
    assert.deepEqual(told, [], 'the frames may still be opened');
    gap.lost(11.1 * second);
    state.held = 0;
    gap.tick(11.5 * second);
    assert.deepEqual(told, ['reconnecting 10.0–11.3']);
  });

  it('ends it at the connection when every early frame was opened, or nobody spoke', () => {
    for (const held of [2, 0]) {
      const { gap, lose, told, state } = build();
      lose(10);
      gap.connected(11 * second);
      state.held = held;
      gap.tick(11.2 * second);
      gap.keys(true, 11.3 * second);
      state.held = 0;
      gap.tick(11.5 * second);
      assert.deepEqual(told, ['reconnecting 10.0–11.0']);
    }
  });

  it('waits for keys no longer than frames do when nobody speaks', () => {
    const { gap, lose, told } = build();
    lose(10);
    gap.connected(11 * second);
    gap.tick(12.9 * second);
    assert.deepEqual(told, []);
    gap.tick(13 * second);
    assert.deepEqual(told, ['reconnecting 10.0–11.0']);
  });

  it('tells of frames lost before the first keys, and while keys are agreed upon without us', () => {
    const { gap, told, holes } = build();
    gap.connected(1 * second);
    gap.lost(1.2 * second);
    gap.lost(1.4 * second);
    gap.tick(1.5 * second);
    gap.keys(true, 1.6 * second);
    gap.tick(1.7 * second);
    assert.deepEqual(told, ['undecryptable 1.2–1.6']);
    gap.keys(false, 5 * second);
    gap.lost(5.5 * second);
    gap.tick(6 * second);
    holes.split(7 * second);
    gap.keys(true, 8 * second);
    gap.tick(8.2 * second);
    assert.deepEqual(told.slice(1), ['undecryptable 5.5–7.0', 'undecryptable 7.0–8.0']);
  });

  it('a connection that is lost ends the stretch without keys', () => {
    const { gap, told, lose } = build();
    gap.lost(9 * second);
    lose(10);
    gap.lost(9.5 * second);
    gap.keys(true, 11 * second);
    gap.connected(11 * second);
    assert.deepEqual(told, ['undecryptable 9.0–10.0', 'undecryptable 9.5–10.0', 'reconnecting 10.0–11.0']);
  });

  it('a resumed connection is no new one', () => {
    const { gap, told, lose, holes } = build();
    lose(10);
    holes.discard('reconnecting');
    gap.keys(true, 10.5 * second);
    gap.resumed();
    gap.tick(11 * second);
    assert.deepEqual(told, []);
  });

  it('decides what is undecided when the recording ends', () => {
    const { gap, told, lose } = build();
    lose(10);
    gap.connected(11 * second);
    gap.lost(11.5 * second);
    gap.settle(12 * second);
    assert.deepEqual(told, ['reconnecting 10.0–12.0']);
    gap.lost(12.5 * second);
    gap.settle(13 * second);
    assert.deepEqual(told.slice(1), ['undecryptable 12.5–13.0']);
  });
});
