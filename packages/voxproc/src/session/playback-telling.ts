import type { Clock, NotificationParams } from '@parley/protocol';
import type { PlaybackListeners, PlaybackTrouble } from '../playback/playback.ts';
import type { SpeechEvent } from '../playback/speech/speech-event.ts';
import type { Warning, Warnings } from './warnings.ts';

/** Notifications about what is played. */
export type PlaybackNotification =
  | 'playback.started'
  | 'playback.progress'
  | 'playback.credit'
  | 'playback.finished'
  | 'music.state';

export type TellPlayback = <N extends PlaybackNotification>(name: N, params: NotificationParams<'voxproc', N>) => void;

export interface PlaybackTellingOptions {
  readonly clock: Clock;
  readonly warnings: Warnings;
  /** The position of an instant of CLOCK_MONOTONIC (microseconds) in the recording, or since the session's zero. */
  readonly positionAt: (us: number) => number;
  readonly tell: TellPlayback;
  readonly error: (error: Error) => void;
}

/** Tells the supervisor what becomes of what is played, and an operator what goes wrong with it. */
export const playbackListeners = (options: PlaybackTellingOptions): PlaybackListeners => {
  const { clock, warnings, positionAt, tell, error } = options;
  return {
    error,
    speech: (event) => tellSpeech(event, tell, () => ({ at: clock.now(), position: positionAt(clock.monotonicUs()) })),
    music: (event) => tell('music.state', event),
    trouble: (trouble) => {
      const warning = warningOf(trouble);
      if (warning) warnings.warn(warning);
    },
  };
};

const tellSpeech = (event: SpeechEvent, tell: TellPlayback, now: () => { at: number; position: number }): void => {
  switch (event.type) {
    case 'started': {
      const { utteranceId, trimmedMs } = event;
      tell('playback.started', { utteranceId, ...now(), trimmedMs });
      return;
    }
    case 'progress': {
      const { utteranceId, playedMs, bufferedMs } = event;
      tell('playback.progress', { utteranceId, playedMs, bufferedMs });
      return;
    }
    case 'credit': {
      const { utteranceId, ms } = event;
      tell('playback.credit', { utteranceId, ms });
      return;
    }
    case 'finished': {
      const { utteranceId, playedMs, trimmedMs, outcome } = event;
      tell('playback.finished', { utteranceId, playedMs, trimmedMs, outcome });
    }
  }
};

/** Null: the supervisor hears of it by other means. */
const warningOf = (trouble: PlaybackTrouble): Warning | null => {
  const { type, ...details } = trouble;
  switch (type) {
    case 'late':
      return { code: 'playout_late', message: 'Frames of what is played left late.', details };
    case 'underrun':
      return { code: 'speech_underrun', message: 'An utterance ran out of audio before its end.', details };
    case 'dropped':
      return { code: 'speech_dropped', message: 'Audio of an utterance was of no use and was dropped.', details };
    case 'sound_dropped':
      return {
        code: 'sound_dropped',
        message: 'Frames of a sound were not sent: encryption or connection was not ready.',
        details,
      };
    case 'not_sendable':
      return {
        code: 'sound_dropped',
        message:
          'What was to be said was given up: for too long the bot was muted, or encryption or connection not ready.',
        details,
      };
    case 'starved':
      return {
        code: 'speech_underrun',
        message: 'An utterance was given up: neither audio nor its end came for too long.',
        details,
      };
  }
};
