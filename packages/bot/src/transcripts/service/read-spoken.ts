import { readFile } from 'node:fs/promises';
import { recordingLayout, SAMPLE_RATE, type Transcript, transcriptSchema } from '@parley/mux';
import type { SpokenRow } from '../../store/index.ts';

/** `transcript.json` of a recording; null: there is none that can be read. Never rejects. */
export const readTranscriptFile = async (folder: string): Promise<Transcript | null> => {
  try {
    return (
      transcriptSchema.safeParse(JSON.parse(await readFile(recordingLayout(folder).transcript, 'utf8'))).data ?? null
    );
  } catch {
    return null;
  }
};

export const msOfSample = (sample: number): number => Math.round((Math.max(0, sample) * 1000) / SAMPLE_RATE);

/** A transcript as the store keeps it. Pure. */
export const spokenRows = ({ segments }: Transcript): SpokenRow[] =>
  segments.map(({ userId, startSample, endSample, text }) => ({
    ...{ userId, fromMs: msOfSample(startSample), toMs: msOfSample(endSample), text },
  }));
