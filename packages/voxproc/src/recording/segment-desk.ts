import type { SegmentEnding } from '@parley/mux';
import type { JournalWriter } from './journal-writer.ts';
import type { RecorderEvent } from './recorder-event.ts';
import type { SegmentBeginning, SegmentContext } from './segment-options.ts';
import { SegmentWriter } from './segment-writer.ts';

/** Refined starts go to the journal at most this often, in microseconds. */
const REFINED_US = 1_000_000;

interface Closing {
  readonly userId: string;
  readonly segment: SegmentWriter;
  readonly done: Promise<void>;
}

/** Opens and closes the segments of a recording, tells the journal and the owner, and knows which are open or still closing. */
export class SegmentDesk {
  readonly #context: SegmentContext;
  readonly #journal: Pick<JournalWriter, 'write'>;
  readonly #emit: (event: RecorderEvent) => void;
  readonly #open = new Set<SegmentWriter>();
  readonly #closing = new Set<Closing>();
  readonly #refined = new Set<SegmentWriter>();
  readonly #people = new Set<string>();
  #refinedAtUs = Number.NEGATIVE_INFINITY;
  #count = 0;
  #slowestMs = 0;

  constructor(context: SegmentContext, journal: Pick<JournalWriter, 'write'>, emit: (event: RecorderEvent) => void) {
    this.#context = context;
    this.#journal = journal;
    this.#emit = emit;
  }

  /** Segments opened so far. */
  get count(): number {
    return this.#count;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** People of whom a segment was opened. */
  get people(): number {
    return this.#people.size;
  }

  /** Bytes that wait for the disk. */
  get queuedBytes(): number {
    let bytes = 0;
    for (const segment of this.#open) bytes += segment.queue.pendingBytes;
    for (const { segment } of this.#closing) bytes += segment.queue.pendingBytes;
    return bytes;
  }

  /** The longest write of any segment, in milliseconds. */
  get slowestMs(): number {
    for (const segment of this.#open) this.#slowestMs = Math.max(this.#slowestMs, segment.queue.slowestMs);
    for (const { segment } of this.#closing) this.#slowestMs = Math.max(this.#slowestMs, segment.queue.slowestMs);
    return this.#slowestMs;
  }

  /** Opens a segment for its first packet. */
  open(beginning: SegmentBeginning, opus: Uint8Array, nowUs: number): SegmentWriter {
    const segment = new SegmentWriter(this.#context, beginning, opus, nowUs);
    this.#open.add(segment);
    this.#people.add(beginning.userId);
    this.#count += 1;
    this.#journal.write({ type: 'segment_opened', segmentId: segment.segmentId });
    this.#emit({ type: 'segment_opened', sidecar: segment.sidecar(0) });
    return segment;
  }

  /** Notes that the start of an open segment has moved. */
  refined(segment: SegmentWriter): void {
    this.#refined.add(segment);
  }

  /** Writes what was refined to the journal, once a second. */
  advance(nowUs: number): void {
    if (this.#refined.size === 0 || nowUs - this.#refinedAtUs < REFINED_US) return;
    this.#refinedAtUs = nowUs;
    for (const segment of this.#refined) this.#noteRefined(segment);
    this.#refined.clear();
  }

  /** Closes a segment; `closed` and `settled` wait for it. */
  close(userId: string, segment: SegmentWriter, ending: SegmentEnding, driftPpm: number): void {
    this.#open.delete(segment);
    if (this.#refined.delete(segment)) this.#noteRefined(segment);
    const closing: Closing = { userId, segment, done: this.#finish(segment, ending, driftPpm, () => closing) };
    this.#closing.add(closing);
  }

  /** Resolves when every segment of a person that was to be closed is. */
  async closed(userId: string): Promise<void> {
    const theirs = [...this.#closing].filter((closing) => closing.userId === userId);
    await Promise.all(theirs.map((closing) => closing.done));
  }

  /** Resolves when nothing is closing any more. */
  async settled(): Promise<void> {
    while (this.#closing.size > 0) await Promise.all([...this.#closing].map((closing) => closing.done));
  }

  async #finish(segment: SegmentWriter, ending: SegmentEnding, driftPpm: number, self: () => Closing): Promise<void> {
    const sidecar = await segment.close(ending, driftPpm);
    this.#slowestMs = Math.max(this.#slowestMs, segment.queue.slowestMs);
    this.#closing.delete(self());
    this.#journal.write({ type: 'segment_closed', segmentId: segment.segmentId, samples: sidecar.samples });
    this.#emit({ type: 'segment_closed', sidecar });
  }

  #noteRefined(segment: SegmentWriter): void {
    this.#journal.write({ type: 'segment_refined', segmentId: segment.segmentId, startSample: segment.startSample });
  }
}
