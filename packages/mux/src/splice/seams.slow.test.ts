import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ENCODER_LOOKAHEAD, OpusEncoder } from '../codec/index.ts';
import { silenceFill } from '../ogg/silence.ts';
import { lagOf } from '../testing/decode.ts';
import { decodeStream, idealMix } from '../testing/seam-corpus.ts';
import { extraOnset, percentile, seamNoiseToMask, slotErrors } from '../testing/seam-measures.ts';
import { type TalkOptions, type TalkPacket, talk } from '../testing/seam-talk.ts';
import { PacketWindow } from './packet-window.ts';
import { indexOf, packetKind } from './plan/packet-index.ts';
import { planSplice } from './plan/plan-splice.ts';
import { type Seam, SpliceRun } from './splice-run.ts';

const SECONDS = 100;
const samples = SECONDS * 48_000;
/** The ideal mix is not limited either. */
const NO_LIMIT_DB = 20;

/** Percentiles of the measures at some places of a mix. */
interface Verdict {
  readonly count: number;
  /** Error of the 5 ms slots after the place in dB relative to the speech around: median and 95 %, for 0-5, 5-10, 15-20 ms. */
  readonly slots: readonly (readonly [median: number, p95: number])[];
  /** Noise-to-mask ratio in dB: 95 %, and the largest. */
  readonly nmr: readonly [p95: number, max: number];
  /** Extra onset in dB: 95 %, and the largest. */
  readonly onset: readonly [p95: number, max: number];
}

const judgeAt = (wanted: Float32Array, got: Float32Array, places: readonly number[]): Verdict => {
  const errors = places.map((at) => slotErrors(wanted, got, at, 4));
  const nmr = places.map((at) => seamNoiseToMask(wanted, got, at));
  const onset = places.map((at) => extraOnset(wanted, got, at));
  const slot = (i: number): [number, number] => {
    const values = errors.map((row) => row[i] as number);
    return [percentile(values, 0.5), percentile(values, 0.95)];
  };
  return {
    count: places.length,
    slots: [slot(0), slot(1), slot(3)],
    nmr: [percentile(nmr, 0.95), Math.max(...nmr)],
    onset: [percentile(onset, 0.95), Math.max(...onset)],
  };
};

const say = (verdict: Verdict): string =>
  JSON.stringify(verdict, (_, value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value));

const reencoded = (wanted: Float32Array): Float32Array => {
  using encoder = new OpusEncoder();
  const packets: Uint8Array[] = [];
  const frame = new Int16Array(1920);
  for (let at = ENCODER_LOOKAHEAD; at < samples + ENCODER_LOOKAHEAD; at += 960) {
    for (let i = 0; i < 1920; i += 1) frame[i] = Math.round((wanted[at + (i >> 1)] ?? 0) * 32_767);
    packets.push(encoder.encode(frame));
  }
  return decodeStream(packets, samples);
};

interface Corpus {
  readonly people: readonly (readonly TalkPacket[])[];
  readonly seams: readonly Seam[];
  /** Left channel of what the mix is to sound like, and of what it sounds like. */
  readonly wanted: Float32Array;
  readonly got: Float32Array;
}

const spliced = async (more: Partial<TalkOptions> = {}): Promise<Corpus> => {
  const people = talk({ people: 4, seconds: SECONDS, seed: 3, interrupting: 0.9, ...more });
  const packets: Uint8Array[] = [];
  const seams: Seam[] = [];
  using run = new SpliceRun(
    people.map((one) => new PacketWindow(one)),
    {
      ...{ durationSamples: samples, ceilingDb: NO_LIMIT_DB },
      sink: (data) => packets.push(Uint8Array.from(data)),
      onSeam: (seam) => seams.push(seam),
    },
  );
  await run.run(planSplice(people.map(indexOf)));
  return { people, seams, wanted: idealMix(people, samples), got: decodeStream(packets, samples) };
};

/** Where somebody speaks, at many places. */
const anywhere = (wanted: Float32Array): number[] =>
  Array.from({ length: 250 }, (_, i) => 9600 + i * 18_911).filter(
    (place) => wanted.subarray(place, place + 960).reduce((sum, value) => sum + value * value, 0) > 1e-3,
  );

/** Two people's packets in turns of half a second, with nothing done about the change. */
const rawTurns = (people: Corpus['people']): Verdict => {
  const both = people.toSorted((one, other) => other.length - one.length).slice(0, 2);
  const count = 600;
  const streams = both.map((one) => one.slice(0, count).map(({ data }) => data));
  const alone = streams.map((one) => decodeStream(one, count * 960));
  const wanted = new Float32Array(count * 960);
  const turns = Array.from({ length: count }, (_, i) => {
    const who = Math.floor(i / 25) % 2;
    wanted.set((alone[who] as Float32Array).subarray(i * 960, (i + 1) * 960), i * 960);
    return streams[who]?.[i] as Uint8Array;
  });
  const places = Array.from({ length: count / 25 - 1 }, (_, i) => (i + 1) * 25 * 960);
  return judgeAt(wanted, decodeStream(turns, count * 960), places);
};

/** A person's packets with silence packets between the talk-spurts, as on the person's track. */
const rawStarts = (people: Corpus['people']): Verdict => {
  const one = people.toSorted((a, b) => b.length - a.length)[0] as readonly TalkPacket[];
  const track: Uint8Array[] = [];
  const starts: number[] = [];
  let end = 0;
  for (const { position, data, samples: length } of one) {
    if (position - end >= 2880) starts.push(position);
    for (const fill of silenceFill(position - end)) track.push(fill.packet);
    track.push(data);
    end = position + length;
  }
  return judgeAt(idealMix([one], samples), decodeStream(track, samples), starts);
};

/** What is demanded of each kind of seam. `ordinary` is an encoder that goes on all the time, at any place of the same mix. */
const demands: readonly {
  readonly from: Seam['from'];
  readonly to: Seam['to'];
  /** At most, in dB: median and 95 % of the error in 0-5, 5-10, 15-20 ms. */
  readonly slots: readonly (readonly [median: number, p95: number])[];
}[] = [
  {
    from: 'span',
    to: 'copy',
    slots: [
      [-27, -20],
      [-30, -24],
      [-34, -28],
    ],
  },
  {
    from: 'copy',
    to: 'span',
    slots: [
      [-26, -18],
      [-24, -16],
      [-24, -15],
    ],
  },
  {
    from: 'silence',
    to: 'span',
    slots: [
      [-35, -8],
      [-30, -12],
      [-24, -5],
    ],
  },
];

describe('the seams of a spliced conversation', () => {
  let corpus: Corpus;
  let ordinary: Verdict;
  before(async () => {
    corpus = await spliced();
    ordinary = judgeAt(corpus.wanted, reencoded(corpus.wanted), anywhere(corpus.wanted));
  });

  test('the measures tell raw splices from an ordinary encode', () => {
    const [turns, starts] = [rawTurns(corpus.people), rawStarts(corpus.people)];
    assert.ok(turns.slots.every(([median]) => median > -15) && turns.nmr[0] > 12 && turns.onset[0] > 3, say(turns));
    assert.ok(starts.nmr[0] > 4, say(starts));
    assert.ok(ordinary.nmr[0] < 2.5 && ordinary.onset[1] < 2.3, say(ordinary));
  });

  for (const { from, to, slots } of demands) {
    test(`${from} to ${to}: no worse than an ordinary encode anywhere`, () => {
      const places = corpus.seams.filter((seam) => seam.from === from && seam.to === to).map(({ at }) => at);
      const verdict = judgeAt(corpus.wanted, corpus.got, places);
      assert.ok(verdict.count >= 6, say(verdict));
      for (const [i, [median, p95]] of slots.entries()) {
        const [ours, ours95] = verdict.slots[i] as readonly [number, number];
        assert.ok(ours <= median && ours95 <= p95, say(verdict));
      }
      assert.ok(verdict.nmr[0] <= ordinary.nmr[0] && verdict.nmr[1] <= Math.max(2, ordinary.nmr[1]), say(verdict));
      assert.ok(verdict.onset[0] <= 1.2 && verdict.onset[1] <= 2.3, say(verdict));
    });
  }

  test('everybody keeps place and level', () => {
    const { wanted, got } = corpus;
    const power = (pcm: Float32Array): number => pcm.reduce((sum, value) => sum + value * value, 0);
    assert.ok(Math.abs(10 * Math.log10(power(got) / power(wanted))) < 0.05);
    for (const { at } of corpus.seams.filter((seam) => seam.to === 'span').slice(0, 12)) {
      assert.equal(lagOf(got, wanted.subarray(at, at + 9600), at, 4), 0, `${at}`);
    }
  });

  test('the hand-overs to copies are as good as the engine takes them for', () => {
    const errors = corpus.seams.flatMap(({ errorDb }) => (errorDb === null ? [] : [errorDb]));
    assert.ok(percentile(errors, 0.95) <= -29 && Math.max(...errors) < -20, `${errors.map(Math.round).join(' ')}`);
  });
});

test('encoders that change between hybrid and CELT: only CELT is copied, the seams are no worse', async () => {
  const { people, seams, wanted, got } = await spliced({
    seconds: 50,
    application: 'voip',
    bitrate: 48_000,
    channels: 1,
  });
  const kinds = Map.groupBy(people.flat(), ({ data, samples: length }) => packetKind(data, length));
  assert.ok((kinds.get('celt')?.length ?? 0) > 500 && (kinds.get('other')?.length ?? 0) > 500);
  const ordinary = judgeAt(wanted, reencoded(wanted), anywhere(wanted));
  for (const to of ['copy', 'span'] as const) {
    const places = seams.filter((seam) => seam.to === to && seam.at < samples - 9600).map(({ at }) => at);
    const verdict = judgeAt(wanted, got, places);
    assert.ok(verdict.count >= 4, say(verdict));
    assert.ok(verdict.nmr[0] <= Math.max(2, ordinary.nmr[0]) && verdict.onset[1] <= 2.3, say(verdict));
  }
});
