import assert from 'node:assert/strict';
import { test } from 'node:test';
import { opusPacketSamples } from '@parley/mux';
import { concealmentOf } from './concealment.ts';

const CELT_20_STEREO = 0xfc;
const SILK_60 = 0x58;
const SILK_20 = 0x48;
const HYBRID_20 = 0x68;

test('a loss is concealed by packets of exactly its length, of the mode before it', () => {
  const table: [previous: number, lost: number, packet: number | null, frame: number][] = [
    [CELT_20_STEREO, 960, CELT_20_STEREO, 960],
    [CELT_20_STEREO, 4800, CELT_20_STEREO, 960],
    [CELT_20_STEREO | 1, 960, CELT_20_STEREO, 960],
    [CELT_20_STEREO, 480, 0xf4, 480],
    [CELT_20_STEREO, 120, 0xe4, 120],
    [SILK_60, 2880, SILK_60, 2880],
    [SILK_60, 960, SILK_20, 960],
    [SILK_60, 480, 0x40, 480],
    [SILK_60, 120, null, 0],
    [HYBRID_20, 480, 0x60, 480],
    [HYBRID_20, 1200, null, 0],
  ];
  for (const [previous, lost, packet, frame] of table) {
    const found = concealmentOf(Uint8Array.of(previous, 1, 2, 3), lost);
    if (packet === null) {
      assert.equal(found, null);
      continue;
    }
    assert.deepEqual([...(found?.packet ?? [])], [packet]);
    assert.equal(found?.samples, frame);
    assert.equal(opusPacketSamples(found.packet), frame);
    assert.equal(lost % frame, 0);
  }
});
