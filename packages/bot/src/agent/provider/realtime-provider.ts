import type { ProviderEvents } from './provider-event.ts';

/** Who hears and speaks; the runtime modes of the settings map onto these. */
export const providerIds = ['openai', 'xai', 'gemini', 'elevenlabs'] as const;
export type ProviderId = (typeof providerIds)[number];

/** What a provider can do. Whoever uses one asks this, never its name. */
export interface ProviderCapabilities {
  /** Rate of the pcm16 mono it hears, Hz; null: it takes no audio. */
  readonly inputRate: number | null;
  /** Rate of the pcm16 mono it speaks, Hz. */
  readonly outputRate: number;
  readonly textIn: boolean;
  /** Instructions can change while the socket is open. */
  readonly updatesInstructions: boolean;
  readonly updatesTools: boolean;
  readonly takesTools: boolean;
  /** A response can be stopped at the provider; otherwise what still comes of it is dropped here. */
  readonly cancels: boolean;
  /** What was not heard can be taken out of the provider's context, by played milliseconds. */
  readonly truncates: boolean;
  readonly deletesItems: boolean;
  /** It tells what it understood people to say. */
  readonly transcribesInput: boolean;
  /** The end of a turn of audio is answered by itself (Gemini); otherwise a response is asked for. */
  readonly answersTurnsItself: boolean;
  /** New input stops the response under way, whatever we decide (Gemini); what must not interrupt is withheld until it is over. */
  readonly interruptsOnInput: boolean;
  /** A socket can be replaced without telling anew what was said: by a handle of the provider. */
  readonly resumesByHandle: boolean;
  /** The old socket has to be closed before the next is opened (Gemini refuses a resume beside it). */
  readonly closesBeforeReopening: boolean;
  /** Longest life of a socket, milliseconds; null: none is known. */
  readonly socketLimitMs: number | null;
  /** Open time costs money even in silence. */
  readonly billsOpenTime: boolean;
  /** A transcription socket for each speaker, or one for all, is to be had from the same vendor. */
  readonly asr: { readonly perUser: boolean; readonly shared: boolean };
}

/** A function the model may call. `parameters` is JSON Schema (an object). */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** One thing said before, told to a fresh socket as text. */
export interface ContextItem {
  readonly role: 'user' | 'assistant' | 'system';
  readonly text: string;
}

/** How the language of what is said is hinted at (04, Settings): fixed → `language`; auto → the hint stands in `prompt`. */
export interface LanguageGuidance {
  readonly language: string;
  readonly prompt: string;
}

export interface ProviderConfig {
  readonly model: string;
  readonly voice: string;
  readonly instructions: string;
  readonly tools: readonly ToolDefinition[];
  /** Text of the conversation so far; replayed on a fresh socket. */
  readonly context: readonly ContextItem[];
  readonly language: LanguageGuidance;
  /** Whether the provider is to tell what it understood, and with which model (OpenAI); null: its default. */
  readonly inputTranscription: { readonly model: string | null } | null;
  /** Hash that names a speaker to the provider's abuse detection without naming them. */
  readonly safetyIdentifier: string | null;
  /** A handle of an earlier socket, where `resumesByHandle`. */
  readonly resumeHandle: string | null;
}

export interface ResponseRequest {
  /** Said for this response alone, besides the session's instructions. */
  readonly instructions?: string;
  /** `text`: nothing is spoken (text-only mode). */
  readonly modality: 'audio' | 'text';
  /** No tools for this response: it is about something a tool must not be called for. */
  readonly withoutTools?: boolean;
}

/**
 * One conversation with a provider, over one socket or, behind the same interface, over as many as it takes (`ResilientProvider`).
 * Calls never throw for a socket that is gone: what cannot be sent is reported as `closed` or `warning`. Disposing closes it.
 *
 * A turn of audio: `beginTurn`, `appendAudio`…, `endTurn`. What a turn holds can be taken back until `endTurn` with `clearTurn`.
 * Audio is s16le mono at `capabilities.inputRate`.
 */
export interface ProviderSession extends AsyncDisposable {
  /** Resolves on the provider's own ready event; a failure is told as `closed` too. @throws AgentConnectError with diagnostics; the signal's reason */
  connect(signal: AbortSignal): Promise<void>;
  beginTurn(): void;
  appendAudio(pcm: Uint8Array): void;
  /** Takes back the audio of the turn that has not ended. */
  clearTurn(): void;
  /** Ends the turn. @returns an id under which `input_transcript` will name it */
  endTurn(): string;
  /** Puts text into the conversation; it is answered when a response is asked for. */
  addText(item: ContextItem): void;
  /**
   * Asks for a response. Never two at once: a request while one is active waits for its end. Where turns are answered by themselves, the
   * first after a turn is the answer to that turn, in the modality of the request. @returns the request's id
   */
  requestResponse(request: ResponseRequest): string;
  /**
   * Stops a response: nothing of it is emitted from here on, except its one `response_finished`. A request's id is taken too: one that
   * waits is forgotten, one under way is stopped as soon as its response starts, or given up when none does.
   */
  cancel(responseId: string): void;
  /** Takes what was not heard out of the context; 0 deletes the item. Where the provider cannot, nothing happens. */
  truncate(itemId: string, audioEndMs: number): void;
  /** Answers a tool call; exactly once for each `tool_call`. Does not ask for a response. */
  submitToolResult(callId: string, output: string): void;
  /**
   * Somebody may not be heard any more, or what was said is to be forgotten: to be called at once by whoever keeps the conversation, after
   * it has taken back what was not answered (`clearTurn`, `cancel`). Turns that have ended are not said to another socket again, their words
   * are not told any more, and a fresh socket is told `context` alone of what was said before. Where a socket that knows more is open,
   * another takes its place as soon as nothing is under way. Absent: nothing is kept here beyond the socket, which is to be closed.
   */
  forgetSaid?(context: readonly ContextItem[]): void;
  updateInstructions(instructions: string): void;
  updateTools(tools: readonly ToolDefinition[]): void;
}

/** Makes conversations with one vendor. */
export interface RealtimeProvider {
  readonly id: ProviderId;
  readonly capabilities: ProviderCapabilities;
  /** A conversation that is not connected yet; it can be disposed at any time. */
  open(config: ProviderConfig, events: ProviderEvents): ProviderSession;
}
