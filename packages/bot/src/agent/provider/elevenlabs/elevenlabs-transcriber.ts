import type { Clock } from '@parley/protocol';
import type { TlsTrust } from '../socket/dial.ts';
import { elevenLabsBaseUrl } from '../transcribe/elevenlabs-file-transcriber.ts';
import { LiveTranscription } from '../transcribe/live-transcription.ts';
import type { Transcriber, TranscriberConfig, TranscriberEvent, TranscriberSession } from '../transcriber.ts';
import { ScribeSocket, scribeRate } from './scribe-socket.ts';

export interface ElevenLabsTranscriberOptions {
  /** Without a path; `http:` and `ws:` mean a socket without TLS. Default: ElevenLabs'. */
  readonly baseUrl?: string;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly trust?: TlsTrust;
  /** Odd things that end nothing: audio that was dropped, errors of one piece. */
  readonly warn?: (code: string, message: string) => void;
}

/** Turns speech into text by ElevenLabs' realtime transcription. It takes no prompt. */
export class ElevenLabsTranscriber implements Transcriber {
  readonly provider = 'elevenlabs';
  readonly rate = scribeRate;
  readonly #options: ElevenLabsTranscriberOptions;

  constructor(options: ElevenLabsTranscriberOptions) {
    this.#options = options;
  }

  open(config: TranscriberConfig, events: (event: TranscriberEvent) => void): TranscriberSession {
    const { warn = () => undefined, ...given } = this.#options;
    const options = { baseUrl: elevenLabsBaseUrl, trust: {}, ...given, config };
    return new LiveTranscription(
      { clock: options.clock, rate: scribeRate, socket: (hearer) => new ScribeSocket(options, hearer) },
      events,
      warn,
    );
  }
}
