import type { Message } from '../shared/connection.ts';

/** How a simulated provider writes what it sends, and what it takes. */
export interface SimDialect {
  /** What our name of an event is in this dialect; `null`: it does not send such an event. */
  readonly rename: (type: string) => string | null;
  /** Events a client may send. */
  readonly takes: ReadonlySet<string>;
  /** Names ids of responses and items in content events. */
  readonly namesResponses: boolean;
  /** What is wrong with a configuration; null: nothing. */
  readonly refuses: (session: Message) => string | null;
  /** Tells what it understood whether it was asked to or not. */
  readonly understandsUnasked: boolean;
}

const clientEvents = [
  'session.update',
  'input_audio_buffer.append',
  'input_audio_buffer.commit',
  'input_audio_buffer.clear',
  'conversation.item.create',
  'conversation.item.retrieve',
  'conversation.item.truncate',
  'conversation.item.delete',
  'response.create',
  'response.cancel',
] as const;

/** The generally available shape of OpenAI's API. */
export const openAiGa: SimDialect = {
  rename: (type) => type,
  takes: new Set(clientEvents),
  namesResponses: true,
  understandsUnasked: false,
  refuses: (session) =>
    session.type === 'realtime' || session.type === 'transcription'
      ? null
      : "Missing required parameter: 'session.type'.",
};

const betaNames: Readonly<Record<string, string | null>> = {
  'response.output_audio.delta': 'response.audio.delta',
  'response.output_audio.done': 'response.audio.done',
  'response.output_audio_transcript.delta': 'response.audio_transcript.delta',
  'response.output_audio_transcript.done': 'response.audio_transcript.done',
  'response.output_text.delta': 'response.text.delta',
  'response.output_text.done': 'response.text.done',
  'conversation.item.added': 'conversation.item.created',
  'conversation.item.done': null,
};

/** The same with the names of the beta, as many compatible servers still write. */
export const openAiBeta: SimDialect = {
  ...openAiGa,
  rename: (type) => (Object.hasOwn(betaNames, type) ? (betaNames[type] ?? null) : type),
  refuses: () => null,
};

/** xAI's dialect: older names, no truncation, content without ids of its response. */
export const xAi: SimDialect = {
  ...openAiBeta,
  takes: new Set(clientEvents.filter((type) => type !== 'conversation.item.truncate')),
  namesResponses: false,
  understandsUnasked: true,
};
