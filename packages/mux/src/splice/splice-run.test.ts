import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSilencePacket } from '../ogg/silence.ts';
import { decodeStream } from '../testing/seam-corpus.ts';
import type { TalkPacket } from '../testing/seam-talk.ts';
import { encodePackets, toneSamples, voiceSamples } from '../testing/tones.ts';
import { PacketWindow } from './packet-window.ts';
import { indexOf } from './plan/packet-index.ts';
import { planSplice, type SpliceItem } from './plan/plan-splice.ts';
import { celtRules } from './plan/rules.ts';
import { type SpliceJob, SpliceRun } from './splice-run.ts';

const second = 48_000;

const placed = (pcm: Float32Array, at: number): TalkPacket[] =>
  encodePackets(pcm).map(({ packet, samples }, i) => ({ position: at + i * samples, samples, data: packet }));

interface Made {
  readonly packets: { readonly at: number; readonly samples: number; readonly data: Uint8Array }[];
  readonly items: readonly SpliceItem[];
  readonly report: Awaited<ReturnType<SpliceRun['run']>>;
}

const make = async (
  people: readonly (readonly TalkPacket[])[],
  durationSamples: number,
  more: Partial<SpliceJob> = {},
): Promise<Made> => {
  const packets: Made['packets'] = [];
  let at = 0;
  const sink = (data: Uint8Array, samples: number): void => {
    packets.push({ at, samples, data: Uint8Array.from(data) });
    at += samples;
  };
  const items = planSplice(people.map(indexOf), more.rules ?? celtRules);
  const windows = people.map((one) => new PacketWindow(one));
  using run = new SpliceRun(windows, { durationSamples, ceilingDb: -4, sink, ...more });
  return { packets, items, report: await run.run(items) };
};

const peakDb = (pcm: Float32Array, from: number, to: number): number =>
  20 * Math.log10(pcm.subarray(from, to).reduce((peak, value) => Math.max(peak, Math.abs(value)), 0));

test('what one person says alone is there bit for bit, at its place', async () => {
  const ada = placed(voiceSamples(120, -12, 4 * second, 1), second + 360);
  const { packets, items, report } = await make([ada], 6 * second);
  const copy = items.find((item) => item.kind === 'copy');
  assert.ok(copy !== undefined);
  const bytes = new Map(packets.map(({ at, data }) => [at, data]));
  const same = ada.filter(({ position, data }) => Buffer.compare(data, bytes.get(position) ?? Buffer.alloc(0)) === 0);
  assert.ok(same.length >= copy.count - celtRules.maxExtensionFrames);
  assert.equal(same.length * 960, report.made.copied);
  assert.deepEqual(ada.slice(-same.length), same, 'the copies go on to the end');
});

test('nobody at all is silence of the exact length', async () => {
  const { packets, report } = await make([[], []], 2 * second + 7);
  assert.ok(packets.every(({ data }) => isSilencePacket(data)));
  assert.deepEqual(report.made, { silent: report.samples, encoded: 0, copied: 0 });
});

for (const [duration, what] of [
  [6 * second, 'silence'],
  [3 * second, 'speech of several'],
  [4.5 * second + 11, 'a copy'],
] as const) {
  test(`a mix that ends in ${what} is as long as the recording, and not a packet longer`, async () => {
    const people = [
      placed(voiceSamples(110, -12, 3 * second, 1), 0),
      placed(voiceSamples(170, -12, 3 * second, 2), 2 * second),
    ];
    const { packets, report } = await make(people, duration);
    const last = packets.at(-1);
    assert.ok(last !== undefined && last.at < duration + 312 && last.at + last.samples >= duration + 312);
    assert.equal(report.samples, last.at + last.samples);
    assert.equal(report.made.silent + report.made.encoded + report.made.copied, report.samples);
  });
}

test('from one person’s grid to another’s: shorter frames in between, no silence', async () => {
  const people = [
    placed(voiceSamples(110, -12, 2 * second, 1), 0),
    placed(voiceSamples(170, -12, 2 * second, 2), 1.5 * second + 840),
  ];
  const { packets } = await make(people, 4 * second);
  const talking = packets.filter(({ at }) => at > 0.5 * second && at < 3.4 * second);
  assert.ok(!talking.some(({ data }) => isSilencePacket(data)));
  const shorter = talking.filter(({ samples }) => samples < 960).map(({ samples }) => samples);
  assert.deepEqual(shorter, [480, 240, 120]);
});

test('several loud voices are limited, one alone is not', async () => {
  const people = [
    placed(toneSamples({ frequency: 440, levelDb: -3 }, 3 * second), 0),
    placed(toneSamples({ frequency: 700, levelDb: -3 }, 3 * second), 2 * second),
  ];
  const { packets } = await make(people, 5 * second, { ceilingDb: -6 });
  const heard = decodeStream(
    packets.map(({ data }) => data),
    5 * second,
  );
  assert.ok(Math.abs(peakDb(heard, second, 1.9 * second) + 3) < 0.3);
  assert.ok(peakDb(heard, 2.05 * second, 2.95 * second) < -5, `${peakDb(heard, 2.05 * second, 2.95 * second)}`);
  assert.ok(Math.abs(peakDb(heard, 3.1 * second, 4.9 * second) + 3) < 0.3);
});

test('the same tracks give the same bytes', async () => {
  const people = [
    placed(voiceSamples(110, -12, 2 * second, 1), 120),
    placed(voiceSamples(170, -12, 2 * second, 2), 1.2 * second),
  ];
  assert.deepEqual((await make(people, 4 * second)).packets, (await make(people, 4 * second)).packets);
});

test('seams nobody cared for are found to be rough', async () => {
  // The encoder of the second half has never heard of the first: every change of person is a cut into the middle.
  const people = Array.from({ length: 2 }, (_, who) => {
    const stream = encodePackets(voiceSamples(110 + 60 * who, -12, 12 * second, 1 + who));
    return stream
      .map(({ packet, samples }, i) => ({ position: i * samples, samples, data: packet }))
      .filter((_, i) => Math.floor(i / 40) % 2 === who);
  });
  const raw = { ...celtRules, entryFrames: 0, exitFrames: 0, maxExtensionFrames: 0 };
  const { report } = await make(people, 12 * second, { rules: raw });
  assert.ok(report.seams.rough > report.seams.tested / 2, JSON.stringify(report.seams));
  const { report: careful } = await make(people, 12 * second);
  assert.ok(careful.seams.tested > 5);
  assert.equal(careful.seams.rough, 0);
});

test('what the sink throws ends the run', async () => {
  const people = [placed(voiceSamples(110, -12, second, 1), 0)];
  const full = new Error('disk full');
  const sink = (): void => {
    throw full;
  };
  await assert.rejects(make(people, 2 * second, { sink }), full);
});

test('an abort ends the run, in hours of silence too', async () => {
  const controller = new AbortController();
  let taken = 0;
  const sink = (): void => {
    taken += 1;
    if (taken === 10) controller.abort(new Error('stop'));
  };
  await assert.rejects(make([[]], 3600 * second, { sink, signal: controller.signal }), /stop/);
  assert.ok(taken < 3000);
});
