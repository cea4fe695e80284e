import type { SegmentSidecar } from '../formats/segment-sidecar.ts';
import { daveTrailerByChance } from '../ogg/dave-trailer.ts';
import { PRE_SKIP } from '../ogg/opus-headers.ts';
import type { OpusWalk } from '../ogg/walk.ts';
import { atMost, type Check, holds, same } from './check.ts';

/** What is wrong with a file's pages, in words. */
export const damageWords = (walk: OpusWalk): string =>
  walk.damage.length === 0
    ? `${walk.pages} pages whole`
    : walk.damage.map(({ type, offset, bytes }) => `${type} at ${offset} (${bytes} bytes)`).join(', ');

/** The checks every Ogg Opus file of Parley has to pass. */
export const checkPages = (subject: string, walk: OpusWalk): Check[] => [
  holds(subject, 'pages, checksums, granules', walk.damage.length === 0, damageWords(walk)),
  holds(
    subject,
    'headers',
    walk.head?.preSkip === PRE_SKIP && walk.tags !== null,
    `pre-skip ${walk.head?.preSkip ?? 'missing'}`,
  ),
  holds(subject, 'end of stream', walk.ended, walk.ended ? 'marked' : 'not marked'),
  same(subject, 'packets that are not Opus', walk.invalidPackets, 0),
];

/** The checks of one segment against its sidecar: accounting, pages, length. */
export const checkSegment = (sidecar: SegmentSidecar, walk: OpusWalk): Check[] => {
  const subject = sidecar.segmentId;
  const { packets, fill } = sidecar;
  const dropped = Object.values(packets.dropped).reduce((sum, count) => sum + count, 0);
  const isOver = sidecar.status !== 'open';
  return [
    holds(subject, 'sidecar is final', isOver, sidecar.status),
    same(subject, 'received = written + dropped', packets.received, packets.written + dropped),
    same(subject, 'lost samples = concealed + silenced', sidecar.lostSamples, fill.lossConcealed + fill.lossSilence),
    ...checkPages(subject, walk),
    same(subject, 'samples by TOC', walk.samples, sidecar.samples),
    same(subject, 'last granule', walk.lastGranule ?? 'none', sidecar.samples),
    same(subject, 'bytes', walk.fileBytes, sidecar.bytes),
    same(subject, 'pages', walk.pages, sidecar.pages),
    atMost(subject, 'packets written', packets.written, walk.packets),
    atMost(subject, 'concealed samples', fill.lossConcealed, walk.concealed.samples),
    atMost(subject, 'silenced samples', fill.lossSilence + fill.pause, walk.silence.samples),
  ];
};

/**
 * Packets that end like end-to-end encrypted ones, over all segments together. Plain Opus does so by chance once in 16 million, so
 * a very long recording is allowed what chance allows.
 */
export const checkCiphertext = (walks: readonly OpusWalk[]): Check => {
  const hits = walks.reduce((sum, walk) => sum + walk.ciphertextTails, 0);
  const packets = walks.reduce((sum, walk) => sum + walk.speech.packets, 0);
  const allowed = Math.floor(4 * packets * daveTrailerByChance);
  return atMost('recording', 'encrypted packets in files', hits, allowed);
};
