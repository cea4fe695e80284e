import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { readOpusBytes } from '../ogg/read-opus.ts';
import { type FillPacket, silenceFill } from '../ogg/silence.ts';
import { walkOpusFile } from '../ogg/walk.ts';
import { judge } from '../testing/judge.ts';
import { segmentBytes } from '../testing/recording-builder.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import type { Placement } from '../timeline/placement.ts';
import type { PersonTimeline } from '../timeline/timeline.ts';
import { chapterComments, chapterTime } from './chapters.ts';
import { groupPlacements, TrackAssembler } from './track-packets.ts';
import { writeTrack } from './write-track.ts';

const second = 48_000;
const person = (placements: readonly Placement[], more: Partial<PersonTimeline> = {}): PersonTimeline => ({
  ...{ userId: '1', username: 'ada', displayName: 'Ada', speechSamples: 0, placements, excluded: [], holes: [] },
  ...more,
});
const placement = (segmentId: string, fileFrom: number, samples: number, at: number): Placement => ({
  ...{ segmentId, fileFrom, samples, at, moved: null },
});
const speech = (count: number, mark: number): FillPacket[] =>
  Array.from({ length: count }, (_, i) => ({ packet: Uint8Array.of(0xf8, mark, i & 0xff, 9, 9), samples: 960 }));

test('every packet stands at its place, silence everywhere else, the length is exact', () => {
  const spurt = fc.record({ gap: fc.integer({ min: -6, max: 30 }), count: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(fc.array(spurt, { minLength: 1, maxLength: 8 }), fc.integer({ min: 0, max: 119 }), (spurts, odd) => {
      const placements: Placement[] = [];
      const packets: FillPacket[] = [];
      let fileFrom = 0;
      let at = 0;
      for (const [i, { gap, count }] of spurts.entries()) {
        at = Math.max(0, at + gap * 120);
        placements.push(placement('a', fileFrom, count * 960, at));
        packets.push(...speech(count, i), ...silenceFill(2880));
        fileFrom += count * 960 + 2880;
        at += count * 960;
      }
      const duration = at + 4000 + odd;
      const out: { packet: Uint8Array; at: number; samples: number }[] = [];
      let cursor = 0;
      const assembler = new TrackAssembler(person(placements), duration, (packet, samples) => {
        out.push({ packet, at: cursor, samples });
        cursor += samples;
      });
      const { bytes } = segmentBytes({ userId: '1', startSample: 0, packets }, 'r');
      const read = [...readOpusBytes(bytes)].flatMap((event) => (event.type === 'page' ? event.packets : []));
      for (const group of groupPlacements(placements)) assembler.takeSegment(group, read);
      const granule = assembler.finish();
      assert.equal(granule, duration + 312);
      assert.ok(cursor >= granule && cursor - granule < 960);
      const { counts } = assembler;
      assert.equal(
        counts.placed + counts.covered,
        spurts.reduce((sum, { count }) => sum + count, 0),
      );
      assert.ok(counts.longestSlide <= 480);
      for (const { packet, at: position } of out.filter((one) => one.packet.length > 3)) {
        const home = placements[packet[1] as number] as Placement;
        const wanted = home.at + (packet[2] as number) * 960;
        assert.ok(position >= wanted && position - wanted <= 480, `${position} for ${wanted}`);
      }
    }),
    { numRuns: 120 },
  );
});

/** What a track holds of one segment of twenty packets whose tenth begins a placement that joins, this far from where the first ends. */
const joinedAt = (gap: number, frame = 960) => {
  const packets = speech(20, 0).map(({ packet }) => ({ packet, samples: frame }));
  const place = placement('a', 10 * frame, 10 * frame, 10 * frame + gap);
  const placements: Placement[] = [placement('a', 0, 10 * frame, 0), { ...place, joins: true }];
  const out: { packet: Uint8Array; at: number; samples: number }[] = [];
  let cursor = 0;
  const assembler = new TrackAssembler(person(placements), second, (packet, samples) => {
    out.push({ packet: Uint8Array.from(packet), at: cursor, samples });
    cursor += samples;
  });
  const { bytes } = segmentBytes({ userId: '1', startSample: 0, packets }, 'r');
  const read = [...readOpusBytes(bytes)].flatMap((event) => (event.type === 'page' ? event.packets : []));
  for (const group of groupPlacements(placements)) assembler.takeSegment(group, read);
  return { out, counts: assembler.counts };
};

test('what goes on later in mid-speech is joined by concealment', () => {
  const { out, counts } = joinedAt(240);
  assert.deepEqual(
    out.slice(9, 13).map(({ packet, at, samples }) => [packet.length, at, samples]),
    [
      [5, 9 * 960, 960],
      [1, 10 * 960, 120],
      [1, 10 * 960 + 120, 120],
      [5, 10 * 960 + 240, 960],
    ],
  );
  assert.deepEqual([counts.placed, counts.covered, counts.longestSlide], [20, 0, 0]);
  assert.equal(out[10]?.packet[0], 0xe0);
});

test('what goes on earlier in mid-speech loses one packet, and nothing behind it moves', () => {
  const { out, counts } = joinedAt(-240);
  const heard = out.filter(({ packet }) => packet.length > 1);
  assert.deepEqual(
    heard.slice(9, 11).map(({ packet, at }) => [packet[2], at]),
    [
      [9, 9 * 960],
      [11, 11 * 960 - 240],
    ],
  );
  assert.equal(out.filter(({ packet }) => packet.length === 1).length, 6, '15 ms are concealed');
  assert.deepEqual([counts.placed, counts.covered, counts.longestSlide], [19, 1, 0]);
});

test('packets of an excluded stretch and beyond the end are left out and counted', () => {
  const placements = [placement('a', 0, 10 * 960, 0)];
  const emitted: number[] = [];
  const assembler = new TrackAssembler(
    person(placements, { excluded: [{ from: 3 * 960, to: 5 * 960 }] }),
    8 * 960,
    (packet) => {
      if (packet.length > 3) emitted.push(packet[2] as number);
    },
  );
  const { bytes } = segmentBytes({ userId: '1', startSample: 0, packets: speech(10, 0) }, 'r');
  const read = [...readOpusBytes(bytes)].flatMap((event) => (event.type === 'page' ? event.packets : []));
  for (const group of groupPlacements(placements)) assembler.takeSegment(group, read);
  assembler.finish();
  assert.deepEqual(emitted, [0, 1, 2, 5, 6, 7]);
  assert.deepEqual([assembler.counts.excluded, assembler.counts.outside], [2, 2]);
});

const opusinfo = judge('opusinfo', 'opus-tools');

test('a written track is as long as the recording, marks its holes, and opusinfo is silent', {
  skip: opusinfo.skip,
}, async () => {
  using folder = new TempFolder();
  const { bytes } = segmentBytes({ userId: '1', startSample: 0, packets: speech(50, 1) }, 'r');
  writeFileSync(folder.file('a.ogg'), bytes);
  const durationSamples = 10 * second + 77;
  const holes = [{ fromSample: 3 * second, toSample: 4 * second, reason: 'reconnecting' as const }];
  const path = folder.file('track.ogg');
  await writeTrack({
    person: person([placement('a', 0, second, 2 * second)], { holes }),
    ...{ durationSamples, recordingSessionId: 'r', path, fileOf: () => folder.file('a.ogg') },
  });
  const walk = walkOpusFile(path);
  assert.deepEqual(walk.damage, []);
  assert.equal(walk.lastGranule, durationSamples + 312);
  assert.deepEqual(walk.spurts, [{ from: 2 * second, samples: second }]);
  const words = execFileSync(opusinfo.path, [path], { encoding: 'utf8' });
  assert.doesNotMatch(words, /WARNING|ERROR|Note/);
  assert.match(words, /CHAPTER002=00:00:03\.000\n.*CHAPTER002NAME=Not recorded: reconnecting/);
  assert.match(words, /CHAPTER003=00:00:04\.000/);
});

test('chapter times are hours, minutes, seconds and milliseconds', () => {
  assert.equal(chapterTime(0), '00:00:00.000');
  assert.equal(chapterTime((3723 + 0.456) * second), '01:02:03.456');
  assert.equal(chapterTime(59.9996 * second), '00:01:00.000');
});

test('a track without holes has no chapters, and never more than 999', () => {
  assert.deepEqual(chapterComments([], second), {});
  const holes = Array.from({ length: 900 }, (_, i) => ({
    fromSample: i * 10,
    toSample: i * 10 + 5,
    reason: 'paused' as const,
  }));
  assert.equal(Object.keys(chapterComments(holes, second)).length, 2 * 999);
});
