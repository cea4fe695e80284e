import type { FloorEvent } from '../turns/index.ts';
import { findCall } from '../turns/wake-name.ts';

type CaptureEvent = Extract<FloorEvent, { readonly captureId: string }>;

/** Events of one capture that are kept; those of audio are added up. */
interface Watched {
  events: CaptureEvent[];
  ms: number;
  loudMs: number;
}

export interface WakeWatchOptions {
  readonly wakeNames: () => readonly string[];
  /** Somebody called: the events of what was said so far are for the floor, in their order. */
  readonly onCalled: (events: readonly FloorEvent[]) => void;
  /** It was no call: nothing of it is kept. */
  readonly onOther: (captureId: string) => void;
}

/** Listens on behalf of a resting agent, for its name alone; only words of a recognizer on this host come here. */
export class WakeWatch {
  readonly #options: WakeWatchOptions;
  readonly #captures = new Map<string, Watched>();

  constructor(options: WakeWatchOptions) {
    this.#options = options;
  }

  take(event: FloorEvent): void {
    if (!('captureId' in event)) return;
    const { captureId } = event;
    if (event.type === 'capture_started') this.#captures.set(captureId, { events: [], ms: 0, loudMs: 0 });
    const watched = this.#captures.get(captureId);
    if (!watched) return;
    if (event.type === 'capture_audio') {
      watched.ms += event.ms;
      watched.loudMs += event.loudMs;
      return;
    }
    watched.events.push(event);
    if (event.type === 'capture_ended' && (event.reason === 'lost' || event.reason === 'excluded')) {
      this.#captures.delete(captureId);
      return;
    }
    if (event.type !== 'words') return;
    if (findCall(event.text, this.#options.wakeNames(), event.final) !== null) this.#called(captureId, watched);
    else if (event.final) {
      this.#captures.delete(captureId);
      this.#options.onOther(captureId);
    }
  }

  /** Forgets what is being said. */
  clear(): void {
    this.#captures.clear();
  }

  #called(captureId: string, { events, ms, loudMs }: Watched): void {
    this.#captures.clear();
    const [started, ...rest] = events;
    if (started === undefined) return;
    this.#options.onCalled([started, { type: 'capture_audio', captureId, ms, loudMs, echo: null }, ...rest]);
  }
}
