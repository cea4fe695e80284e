import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptureRig, tonePackets20 } from '../testing/capture-rig.ts';
import { DecoderPool } from './decoder-pool.ts';

const [ada, ben] = ['100000000000000001', '100000000000000002'];
const low = tonePackets20(300, 40);
const high = tonePackets20(1_000, 40);

test('a decoder is used again, and hears nothing of what it decoded before', () => {
  using rig = new CaptureRig();
  const [one, two] = [rig.talker(ada), rig.talker(ben, { ssrc: 2 })];
  rig.start(ada, { preRollMs: 0 });
  one.say(40, (index) => low[index] as Uint8Array);
  rig.clock.advance(1_000);
  rig.start(ben, { preRollMs: 0 });
  two.say(40, (index) => high[index] as Uint8Array);
  using other = new CaptureRig();
  other.start(ben, { preRollMs: 0 });
  other.talker(ben).say(40, (index) => high[index] as Uint8Array);
  assert.ok(rig.audio(ben).length > 0);
  assert.deepEqual(rig.audio(ben), other.audio(ben));
});

test('as many decoders are made as are used at once', () => {
  using pool = new DecoderPool();
  const [first, second] = [pool.take(), pool.take()];
  assert.notEqual(first, second);
  for (const decoder of [first, second]) pool.giveBack(decoder);
  assert.deepEqual(new Set([pool.take(), pool.take()]), new Set([first, second]));
  for (const decoder of [first, second]) pool.giveBack(decoder);
});
