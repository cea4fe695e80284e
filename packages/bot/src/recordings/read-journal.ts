import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type JournalLine, journalLineSchema, recordingLayout } from '@parley/mux';

/** What the journals of an unfinished recording say. */
export interface JournalFacts {
  readonly started: Extract<JournalLine, { type: 'recording_started' }>;
  readonly ended: boolean;
  /** How many voxprocs have served it. */
  readonly voxprocs: number;
  /** The last sample any line speaks of: a few seconds old at most, on a clock that nobody sets. */
  readonly lastSample: number;
  /** When a journal was last written to, epoch milliseconds. */
  readonly lastAliveAt: number;
  /** Humans seen in it. */
  readonly humans: ReadonlySet<string>;
  /** Whether people had paused it. A voxproc that ends closes its pause; the supervisor’s own word counts. */
  readonly paused: boolean;
}

const voxprocJournal = /^voxproc-(\d+)\.jsonl$/;

/** Reads the journals of a recording; null when there is none that says how it began. Torn and foreign lines are skipped. */
export const readJournalFacts = async (folder: string): Promise<JournalFacts | null> => {
  const { journal } = recordingLayout(folder);
  const names = await readdir(journal).catch(() => []);
  let started: JournalFacts['started'] | null = null;
  let ended = false;
  let voxprocs = 0;
  let lastSample = 0;
  let lastAliveAt = 0;
  let paused = false;
  const humans = new Set<string>();
  for (const name of names) {
    const number = voxprocJournal.exec(name)?.[1];
    if (number !== undefined) voxprocs = Math.max(voxprocs, Number(number) + 1);
    else if (name !== 'supervisor.jsonl') continue;
    const path = join(journal, name);
    lastAliveAt = Math.max(lastAliveAt, (await stat(path)).mtimeMs);
    for (const line of parseLines(await readFile(path, 'utf8'))) {
      lastSample = Math.max(lastSample, line.sample);
      if (line.type === 'recording_started') started ??= line;
      else if (line.type === 'recording_ended') ended = true;
      else if (line.type === 'pause' && name === 'supervisor.jsonl') paused = line.on;
      else if (line.type === 'participant' && line.bot !== true) humans.add(line.userId);
    }
  }
  return started === null ? null : { started, ended, voxprocs, lastSample, lastAliveAt, humans, paused };
};

function* parseLines(text: string): Generator<JournalLine> {
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const parsed = journalLineSchema.safeParse(JSON.parse(line));
      if (parsed.success) yield parsed.data;
    } catch {
      // a line torn by a kill
    }
  }
}
