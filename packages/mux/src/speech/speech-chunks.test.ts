import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlacedPacket } from '../mix/track-packets.ts';
import { encodePackets, toneSamples } from '../testing/tones.ts';
import { decodeRuns } from './decode-runs.ts';
import { packPieces, recordingSampleAt, type SpeechChunk } from './speech-chunks.ts';
import { type SpeechPiece, speechPieces } from './speech-pieces.ts';

const second = 48_000;

/** Packets as they stand on a track: each talk-spurt a tone of so many seconds. */
const packetsOf = (spurts: readonly [at: number, seconds: number][]): PlacedPacket[] =>
  spurts.flatMap(([at, seconds]) =>
    encodePackets(toneSamples({ frequency: 300, levelDb: -12 }, seconds * second)).map(({ packet, samples }, i) => ({
      ...{ position: at * second + i * samples, samples, data: packet },
    })),
  );

const piecesOf = (spurts: readonly [number, number][], maxSeconds = 600): SpeechPiece[] => [
  ...speechPieces(decodeRuns(packetsOf(spurts)), maxSeconds),
];

const loud = (seconds: number, level = 8000): Int16Array =>
  Int16Array.from({ length: seconds * 16_000 }, (_, i) => Math.round(level * Math.sin(i / 5)));

const pieceOf = (at: number, seconds: number, level?: number): SpeechPiece => ({
  startSample: at * second,
  pcm: loud(seconds, level),
});

test('a talk-spurt is a piece that begins where it was said', () => {
  const [piece, ...more] = piecesOf([[5, 1]]);
  assert.equal(more.length, 0);
  assert.ok(piece);
  assert.equal(piece.startSample, 5 * second - 312);
  const first = piece.pcm.findIndex((value) => Math.abs(value) > 2000);
  assert.ok(Math.abs(piece.startSample + first * 3 - 5 * second) < 100, `${piece.startSample + first * 3}`);
});

test('short pauses stay inside of a piece, long ones part it', () => {
  const pieces = piecesOf([
    [0, 1],
    [1.4, 1],
    [4, 1],
  ]);
  assert.deepEqual(
    pieces.map(({ startSample, pcm }) => [
      Math.round((startSample + 312) / second),
      Math.round(pcm.length / 1600) / 10,
    ]),
    [
      [0, 2.4],
      [4, 1],
    ],
  );
  const [first] = pieces as [SpeechPiece];
  assert.ok(first.pcm.subarray(17_500, 21_500).every((value) => Math.abs(value) < 50));
  const again = 16_800 + first.pcm.subarray(16_800).findIndex((value) => Math.abs(value) > 2000);
  assert.ok(Math.abs(first.startSample + again * 3 - 1.4 * second) < 200);
});

test('who speaks without an end is cut in the longest pause of the last third', () => {
  const spurts: [number, number][] = [
    [0, 4],
    [4.3, 2.8],
    [7.5, 1.2],
    [8.9, 4],
  ];
  const pieces = piecesOf(spurts, 10);
  assert.equal(pieces.length, 2);
  const [first, rest] = pieces as [SpeechPiece, SpeechPiece];
  const cut = first.startSample / second + first.pcm.length / 16_000;
  assert.ok(cut > 7.1 && cut < 7.5, `${cut}`);
  assert.equal(rest.startSample, first.startSample + first.pcm.length * 3);
});

test('a chunk holds pieces with 0.3 s of silence around each, up to its length', () => {
  const chunks = [...packPieces([pieceOf(0, 2), pieceOf(60, 3), pieceOf(100, 6)], { maxSeconds: 8 })];
  assert.deepEqual(
    chunks.map(({ pieces, seconds }) => [seconds, pieces.map(({ at }) => at / 16_000)]),
    [
      [6.2, [0.3, 2.9]],
      [6.6, [0.3]],
    ],
  );
  const [first] = chunks as [SpeechChunk];
  assert.equal(first.wav.length, 44 + 6.2 * 32_000);
  assert.ok(first.wav.subarray(44, 44 + 9600).every((byte) => byte === 0));
});

test('where a recognizer knows no times each piece is a chunk', () => {
  const chunks = [...packPieces([pieceOf(0, 1), pieceOf(5, 1)], { maxSeconds: 60, single: true })];
  assert.equal(chunks.length, 2);
});

test('the hiss of an open microphone is not sent', () => {
  assert.deepEqual([...packPieces([pieceOf(0, 5, 20)], { maxSeconds: 60 })], []);
});

test('places in a chunk are places of the recording, those in a margin at the nearest edge', () => {
  const [chunk] = [...packPieces([pieceOf(10, 2), pieceOf(60, 3)], { maxSeconds: 60 })] as [SpeechChunk];
  const table: [seconds: number, recording: number][] = [
    [0, 10],
    [0.3, 10],
    [1.3, 11],
    [2.3, 12],
    [2.5, 12],
    [2.8, 60],
    [2.9, 60],
    [4.4, 61.5],
    [100, 63],
  ];
  for (const [seconds, at] of table) assert.equal(recordingSampleAt(chunk.pieces, seconds) / second, at, `${seconds}`);
});

test('the same track gives the same bytes', () => {
  const spurts: [number, number][] = [
    [1, 2],
    [9, 1],
  ];
  const all = (): Buffer[] => [...packPieces(piecesOf(spurts), { maxSeconds: 60 })].map(({ wav }) => wav);
  assert.deepEqual(all(), all());
});
