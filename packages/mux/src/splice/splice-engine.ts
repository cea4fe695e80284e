import { setImmediate } from 'node:timers/promises';
import type { MixEngine, MixJob, MixReport, MixSource } from '../mix/mix-engine.ts';
import { trackPackets } from '../mix/track-packets.ts';
import { MuxError } from '../mux-error.ts';
import { PacketWindow } from './packet-window.ts';
import { indexOf, type PacketIndex } from './plan/packet-index.ts';
import { planSplice, type SpliceItem } from './plan/plan-splice.ts';
import { SpliceRun } from './splice-run.ts';

/** More of the seams that can be heard than this, and the mix is not used. */
const MOST_ROUGH = 0.01;
/** Below this share of copies encoding everything again costs no more, and has no seams. */
const WORTHWHILE_COPIED = 0.5;

/** What is to be done with a recording's tracks. */
export interface SplicePlan {
  readonly items: readonly SpliceItem[];
  /** The share of what can be heard that is copied, 0 to 1. */
  readonly copied: number;
}

/**
 * Reads where the packets of all tracks lie and plans their mix.
 * @throws the file system's error; the signal's reason
 */
export const planTracks = async (sources: readonly MixSource[], signal?: AbortSignal): Promise<SplicePlan> => {
  const people: PacketIndex[] = [];
  for (const { track } of sources) {
    people.push(indexOf(trackPackets(track)));
    await setImmediate();
    signal?.throwIfAborted();
  }
  const items = planSplice(people);
  const [copied, all] = [items.filter(({ kind }) => kind === 'copy'), items].map((some) =>
    some.reduce((sum, { from, to }) => sum + to - from, 0),
  ) as [number, number];
  return { items, copied: all === 0 ? 0 : copied / all };
};

/** Whether splicing saves enough to be chosen unasked: most of what is heard is one person alone, in CELT. */
export const isWorthSplicing = ({ copied }: SplicePlan): boolean => copied >= WORTHWHILE_COPIED;

/**
 * The mix that copies packets where one person speaks, and encodes again where several do and around each change. Solo speech is
 * bit for bit what was recorded, its level included. Uses one core.
 */
export class SpliceEngine implements MixEngine {
  readonly name = 'splice';
  readonly #plan: SplicePlan | null;

  /** @param plan of the tracks that will be mixed, when there is one already */
  constructor(plan: SplicePlan | null = null) {
    this.#plan = plan;
  }

  /** @throws MuxError `mixer_failed` also when more than one in a hundred seams can be heard: encode everything anew then */
  async mix(job: MixJob): Promise<MixReport> {
    job.signal?.throwIfAborted();
    const { items } = this.#plan ?? (await planTracks(job.sources, job.signal));
    const windows = job.sources.map(({ track }) => PacketWindow.onTrack(track));
    using run = new SpliceRun(windows, job);
    const { seams, ...report } = await run.run(items);
    if (seams.rough > seams.tested * MOST_ROUGH) {
      throw new MuxError('mixer_failed', `${seams.rough} of ${seams.tested} seams of the spliced mix could be heard.`);
    }
    return { ...report, loudness: null, levels: null };
  }
}
