import { existsSync } from 'node:fs';
import type { OpenRecording } from '../job/open-recording.ts';
import { qualityOf } from '../job/session-result.ts';
import { MAX_LENGTH_ERROR_SAMPLES, MAX_TRUE_PEAK_DB } from '../job/write-mix.ts';
import { PRE_SKIP } from '../ogg/opus-headers.ts';
import { walkOpusFile } from '../ogg/walk.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { atMost, type Check, holds, same } from './check.ts';
import { checkPages } from './check-segment.ts';

const checkMix = ({ layout, session }: OpenRecording, timeline: Timeline): Check[] => {
  if (!existsSync(layout.mix)) return [holds('full.ogg', 'mix', false, 'missing')];
  const walk = walkOpusFile(layout.mix);
  const length = (walk.lastGranule ?? 0) - (walk.head?.preSkip ?? PRE_SKIP);
  const error = Math.abs(length - timeline.durationSamples);
  const { loudness } = session;
  return [
    ...checkPages('full.ogg', walk),
    atMost('full.ogg', 'length against the recording, samples', error, MAX_LENGTH_ERROR_SAMPLES),
    holds(
      'full.ogg',
      'true peak',
      (loudness?.truePeak ?? 0) <= MAX_TRUE_PEAK_DB,
      `${loudness?.truePeak ?? 'not measured'} dBTP`,
    ),
    holds(
      'full.ogg',
      'loudness',
      loudness !== null,
      loudness === null ? 'not measured' : `${loudness.integrated} LUFS, range ${loudness.range} LU`,
    ),
  ];
};

/** What session.json sums up against the sidecars and journals. */
const checkQuality = ({ session, view }: OpenRecording, timeline: Timeline): Check[] => {
  const sums = qualityOf(timeline, view);
  return (Object.keys(sums) as (keyof typeof sums)[]).map((what) =>
    same('session.json', `quality.${what}`, session.quality[what], sums[what]),
  );
};

/** The checks of session.json and the mix against the plan made anew. */
export const checkSession = (recording: OpenRecording, timeline: Timeline): Check[] => {
  const { session, sessionFound } = recording;
  const settled = session.status === 'completed' || session.status === 'partial' || session.status === 'empty';
  const checks = [
    holds('session.json', 'readable', sessionFound === 'valid', sessionFound),
    holds('session.json', 'status', settled, session.status),
  ];
  if (!settled) return checks;
  const withMix = session.status !== 'empty';
  return [
    ...checks,
    same('session.json', 'length in ms', session.durationMs ?? 'none', timeline.durationSamples / 48),
    same('session.json', 'segments', session.segments.length, timeline.segments.length),
    ...checkQuality(recording, timeline),
    same('session.json', 'mix', session.outputFile ?? 'none', withMix ? 'full.ogg' : 'none'),
    ...(withMix ? checkMix(recording, timeline) : []),
  ];
};
