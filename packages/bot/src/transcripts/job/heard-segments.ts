import { type ChunkPiece, type Heard, recordingSampleAt, type TranscriptSegment } from '@parley/mux';

/** 16 kHz: what places in a chunk are counted in. */
const rate = 16_000;

/** Which piece a stretch of a chunk belongs to: the one it shares most with, else the nearest. */
const pieceOf = (pieces: readonly ChunkPiece[], from: number, to: number): number => {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (const [i, { at, samples }] of pieces.entries()) {
    const shared = Math.min(to * rate, at + samples) - Math.max(from * rate, at);
    if (shared > most) [best, most] = [i, shared];
  }
  return best;
};

/** Keeps places within one piece. */
const onRecording = (piece: ChunkPiece, from: number, to: number): { startSample: number; endSample: number } => {
  const startSample = recordingSampleAt([piece], from);
  return { startSample, endSample: Math.max(startSample, recordingSampleAt([piece], to)) };
};

/**
 * What was heard in a chunk, on the recording's clock. Where a recognizer ran two pieces together, its words are parted again; without words
 * all of it stands in the piece that most of it is in. Pure.
 */
export const segmentsOf = (
  userId: string,
  pieces: readonly ChunkPiece[],
  heard: readonly Heard[],
): TranscriptSegment[] =>
  heard.flatMap(({ from, to, text, words }) => {
    if (words === undefined || words.length === 0) {
      const piece = pieces[pieceOf(pieces, from, to)] as ChunkPiece;
      return [{ userId, ...onRecording(piece, from, to), text }];
    }
    const byPiece = Map.groupBy(words, (word) => pieceOf(pieces, word.from, word.to));
    return [...byPiece].map(([index, own]) => {
      const piece = pieces[index] as ChunkPiece;
      const placed = own.map((word) => ({ ...onRecording(piece, word.from, word.to), text: word.text }));
      return {
        userId,
        startSample: Math.min(...placed.map(({ startSample }) => startSample)),
        endSample: Math.max(...placed.map(({ endSample }) => endSample)),
        text: byPiece.size === 1 ? text : own.map((word) => word.text).join(' '),
        words: placed,
      };
    });
  });
