import type { Clock, Stats } from '@parley/protocol';
import { noStats } from './recording/recorder-event.ts';
import type { VoiceSession } from './session/voice-session.ts';

/** What the figures are taken from. */
export interface StatsSources {
  readonly clock: Clock;
  readonly startedUs: number;
  readonly voice: VoiceSession | null;
  readonly loopDelayP99Ms: number;
  /** Frames waiting for the supervisor, and frames dropped. */
  readonly lanes: { readonly control: number; readonly dropped: number };
}

/** The figures of `stats` and `stats.get`. Those of the recording are of the one that runs, zero while none does. */
export const statsOf = ({ clock, startedUs, voice, loopDelayP99Ms, lanes }: StatsSources): Stats => ({
  connection: voice?.connectionState ?? 'none',
  uptimeMs: Math.round((clock.monotonicUs() - startedUs) / 1000),
  rssBytes: process.memoryUsage.rss(),
  loopDelayP99Ms,
  ...figures(voice),
  dave: voice?.encryption ?? { version: 0, ready: false, privacyCode: null },
  lanes: { ...lanes },
  ...(voice?.playback.stats ? { playout: { ...voice.playback.stats } } : {}),
});

const figures = (voice: VoiceSession | null) => {
  const { dropped, ...rest } = voice?.recorder.stats() ?? noStats;
  return { ...rest, dropped: { ...dropped } };
};
