import type { Clock } from '@parley/protocol';
import type { ProviderConfig, RealtimeProvider } from '../../../packages/bot/src/agent/provider/realtime-provider.ts';
import type { Answer } from '../realtime/scenario.ts';
import type { Failure } from '../shared/failure.ts';
import type { Refusal } from '../shared/socket-server.ts';

/** What the conformance suite needs of an adapter and the simulator it talks to. */
export interface ConformanceRig extends AsyncDisposable {
  /** The key the simulator accepts; it may be told nowhere. */
  readonly key: string;
  provider(options: { readonly clock: Clock; readonly apiKey?: string; readonly baseUrl?: string }): RealtimeProvider;
  /** Answers of the responses to come, in order; the ones after them are said by the echo persona. */
  answerNext(...answers: readonly Answer[]): void;
  failNext(...failures: readonly (Failure | null)[]): void;
  refuseNext(...refusals: readonly Refusal[]): void;
  /** From here on sockets are not told that they are ready. */
  withholdReady(): void;
  /** Says that it speaks at another rate than it was asked for; false where the protocol has no way to say so. */
  speakAt(rate: number): boolean;
  /** Breaks every socket. */
  dropAll(): void;
  /** Closes every socket properly. */
  closeAll(code: number, reason: string): void;
  /** TCP connections that are open. */
  held(): number;
  /** Sockets that were opened so far. */
  opened(): number;
  /** How many messages came over the latest socket. */
  messages(): number;
  /** Responses that were asked for over the latest socket. */
  asked(): number;
  /** Results of tool calls that came. */
  toolResults(): readonly string[];
  /** Texts of the context that came. */
  contextTexts(): readonly string[];
  /** Bytes of PCM that came as input. */
  heardBytes(): number;
  /** `item: ms`, or `item: deleted`. */
  truncations(): readonly string[];
  /** What the simulator found wrong with what it was sent. */
  complaints(): readonly string[];
  /** Failures this protocol cannot have: messages without ids cannot be told from their copies. */
  readonly without: readonly Failure['kind'][];
}

export const someConfig: ProviderConfig = {
  model: 'some-model',
  voice: 'some-voice',
  instructions: 'Be brief.',
  tools: [{ name: 'note', description: 'Takes a note.', parameters: { type: 'object', properties: {} } }],
  context: [],
  language: { language: 'en', prompt: '' },
  inputTranscription: { model: null },
  safetyIdentifier: 'hash-of-somebody',
  resumeHandle: null,
};
