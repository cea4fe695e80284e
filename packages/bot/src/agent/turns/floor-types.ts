import type { AddressReason, IgnoreReason } from './address-reason.ts';
import type { BargeInVerdict } from './barge-in.ts';

/**
 * The floor: who speaks with the bot, whose turn is answered when, and when the bot falls silent. `stepFloor` is pure: events in,
 * state and effects out; all times are milliseconds of one monotonic clock.
 */

/** A person in the room. Bots, people who opted out and people who did not consent to the AI have `heard: false`: they are never captured. */
export interface FloorPerson {
  readonly userId: string;
  /** Names by which others call them: display name, user name. */
  readonly names: readonly string[];
  readonly human: boolean;
  readonly heard: boolean;
}

/**
 * Where words come from before a turn is given to the model.
 * `local`: a recognizer on this host, so that no audio leaves it until the bot is addressed · `asr`: transcription sockets or files ·
 * `provider`: the realtime model's own transcript, so that it hears a turn before it is known whether it is asked ·
 * `none`: nobody tells what was said; in a group only what follows the bot's own words is a turn.
 */
export type WordSource = 'local' | 'asr' | 'provider' | 'none';

export interface FloorConfig {
  /** Wake names, the bot's names among them. */
  readonly wakeNames: readonly string[];
  /** `auto`: one human → everything, more → wake name, a reply to the bot, direct address · `always` · `never`. */
  readonly addressing: 'auto' | 'always' | 'never';
  readonly words: WordSource;
  /** Words come only when somebody has finished: whoever speaks over the bot is judged without them. */
  readonly lateWords?: boolean;
  /** Who may speak over the bot: anyone, the person it answers, nobody. */
  readonly interruption: 'anyone' | 'speaker' | 'nobody';
  /** Silence after which a turn is over whatever else is known, ms (100–5000). */
  readonly silenceMs: number;
  /** How long after the bot's words what its partner says is meant for it, ms. */
  readonly engagedMs: number;
  /** While music plays only those who woke the bot within this time are heard, ms. */
  readonly musicWakeMs: number;
}

export type FloorEvent =
  | { readonly type: 'configured'; readonly config: FloorConfig }
  | { readonly type: 'people'; readonly people: readonly FloorPerson[] }
  | { readonly type: 'music'; readonly on: boolean }
  | { readonly type: 'capture_started'; readonly captureId: string; readonly userId: string }
  /** A piece of `ms`, of which `loudMs` are above the gate; `echo` as in `capture.audio`, null when the bot played nothing. */
  | {
      readonly type: 'capture_audio';
      readonly captureId: string;
      readonly ms: number;
      readonly loudMs: number;
      readonly echo: number | null;
    }
  | { readonly type: 'capture_paused'; readonly captureId: string; readonly cause: 'silence_frames' | 'no_packets' }
  | { readonly type: 'capture_resumed'; readonly captureId: string }
  | {
      readonly type: 'capture_ended';
      readonly captureId: string;
      /** `lost`: the audio process died; what was said of it is not answered. */
      readonly reason: 'silence' | 'max_length' | 'stopped' | 'left' | 'excluded' | 'lost';
    }
  /** What is understood of a capture so far; `final` once. An empty final says that there were no words. */
  | { readonly type: 'words'; readonly captureId: string; readonly text: string; readonly final: boolean }
  /** The optional turn model's opinion that a person has finished, 0–1. */
  | { readonly type: 'turn_guess'; readonly captureId: string; readonly finished: number }
  /** The reply to a turn: asked for by the effect, then told here. `speaking`: the first audio was handed to voxproc. */
  | {
      readonly type: 'reply';
      readonly turnId: string;
      readonly phase: 'started' | 'speaking' | 'generated' | 'failed';
    }
  /** All of the bot's words were played or cut; `heardMs` of them were heard. */
  | { readonly type: 'speech_over'; readonly turnId: string | null; readonly heardMs: number }
  /** The bot speaks without being asked: a greeting, a thought, `say`. */
  | { readonly type: 'speech_unasked'; readonly on: boolean }
  /** Time went on; `floorDueAt` says when it is needed. */
  | { readonly type: 'tick' };

export type FloorEffect =
  /** The capture is for the model: what was kept of it, its pre-roll first, and what still comes of it. */
  | { readonly type: 'give_to_model'; readonly captureId: string; readonly userId: string }
  /** The person has finished: end the capture before its ceiling of silence. */
  | {
      readonly type: 'end_capture';
      readonly captureId: string;
      readonly waitedMs: number;
      readonly why: EndpointReason;
    }
  /** A turn is complete: ask for the reply. `captureIds` in the order they were said; `speakers` whose authority the reply has. */
  | {
      readonly type: 'request_reply';
      readonly turnId: string;
      readonly captureIds: readonly string[];
      readonly speakers: readonly string[];
      readonly why: AddressReason;
    }
  /** A reply that was asked for and is not heard yet is not wanted any more. */
  | {
      readonly type: 'withdraw_reply';
      readonly turnId: string;
      /** `unanswered`: nothing ever came of it, and it is not asked for again. */
      readonly why: 'superseded' | 'speaker_excluded' | 'unanswered';
    }
  /** What was kept of a capture is of no use to the model: not addressed, no words, noise. */
  | {
      readonly type: 'discard_capture';
      readonly captureId: string;
      readonly userId: string;
      readonly why: IgnoreReason;
    }
  | { readonly type: 'pause_speech'; readonly byUserId: string; readonly captureId: string }
  | { readonly type: 'resume_speech'; readonly why: BargeInVerdict }
  /** The bot's words end here: cancel, truncate at what was heard, drop what waits. */
  | { readonly type: 'cut_speech'; readonly byUserId: string; readonly captureId: string; readonly why: BargeInVerdict }
  /** For the log and `parley why`: each verdict with its reason, once. */
  | {
      readonly type: 'decided';
      readonly about: 'address' | 'barge_in' | 'endpoint' | 'queue';
      readonly captureId: string | null;
      readonly userId: string | null;
      readonly verdict: string;
    };

/** Why a person is thought to have finished. */
export type EndpointReason = 'silence' | 'client_silence' | 'complete_words' | 'turn_model' | 'max_length';
