import { ProtocolError, type RequestName, type RequestParams, type RequestResult } from '@parley/protocol';
import type { SpeechPort } from '../speaking/utterance.ts';

type Answers = { readonly [N in RequestName<'supervisor'>]?: (params: RequestParams<'supervisor', N>) => unknown };

/** A voxproc on paper, as far as speech and captures go: keeps what it is asked and sent, and answers as it is told to. */
export class FakeSpeechPort implements SpeechPort {
  readonly asked: { readonly name: string; readonly params: Readonly<Record<string, unknown>> }[] = [];
  readonly audio: { readonly utteranceId: string; readonly seq: number; readonly pcm: Uint8Array }[] = [];
  /** What a `speech.begin` grants. */
  grantMs = 2000;
  played = { playedMs: 0, trimmedMs: 0, discardedMs: 0 };
  answers: Answers = {};

  async request<N extends RequestName<'supervisor'>>(
    name: N,
    params: RequestParams<'supervisor', N>,
  ): Promise<RequestResult<'supervisor', N>> {
    this.asked.push({ name, params });
    const own = this.answers[name] as ((params: unknown) => unknown) | undefined;
    const usual: Partial<Record<RequestName<'supervisor'>, unknown>> = {
      'speech.begin': { ms: this.grantMs },
      'speech.pause': { playedMs: this.played.playedMs },
      'speech.cancel': this.played,
      'capture.start': { position: 0, preRollMs: 300 },
      'capture.stop': { durationMs: 0 },
    };
    return (own ? own(params) : (usual[name] ?? {})) as RequestResult<'supervisor', N>;
  }

  speechAudio(audio: { readonly utteranceId: string; readonly seq: number; readonly pcm: Uint8Array }): void {
    this.audio.push(audio);
  }

  /** Names of the requests, in order. */
  get names(): string[] {
    return this.asked.map(({ name }) => name);
  }

  /** Milliseconds of audio that were sent, at `rate` Hz. */
  sentMs(rate: number): number {
    return this.audio.reduce((sum, { pcm }) => sum + pcm.length, 0) / 2 / (rate / 1000);
  }
}

/** A voxproc that refuses with this code. */
export const refusing =
  (code: 'link_closed' | 'unknown_utterance' | 'not_heard' | 'already_capturing') => (): never => {
    throw new ProtocolError(code, 'on paper');
  };
