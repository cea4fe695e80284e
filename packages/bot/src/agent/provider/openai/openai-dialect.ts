import type { Dialect, DialectResponse, SessionAudio } from '../dialect/dialect.ts';
import { openAiKinds } from '../dialect/server-kind.ts';
import { defaultModel } from '../models/model-table.ts';
import type { ContextItem, ProviderConfig, ToolDefinition } from '../realtime-provider.ts';
import { type JsonObject, objectOf, textOf } from '../socket/json.ts';
import { confidenceAsked, transcriptionSettings } from './transcription-settings.ts';

/** The one rate at which the Realtime API hears and speaks PCM (OpenAI's API reference, "session.update"). */
export const openAiRate = 24_000;
/** A session lasts 60 minutes (OpenAI's Realtime guide). */
const socketLimitMs = 3_600_000;
/** Most of one answer, about three minutes of speech: OpenAI's default is no bound at all (API reference, "session.update"). */
const mostTokens = 4096;
const pcm = { type: 'audio/pcm', rate: openAiRate } as const;

/** OpenAI's Realtime API, generally available shape; turns are ours, so its own turn detection is off. */
export const openAiDialect: Dialect = {
  id: 'openai',
  name: 'OpenAI',
  kinds: openAiKinds,
  capabilities: {
    inputRate: openAiRate,
    outputRate: openAiRate,
    textIn: true,
    updatesInstructions: true,
    updatesTools: true,
    takesTools: true,
    cancels: true,
    truncates: true,
    deletesItems: true,
    transcribesInput: true,
    answersTurnsItself: false,
    interruptsOnInput: false,
    resumesByHandle: false,
    closesBeforeReopening: false,
    socketLimitMs,
    billsOpenTime: false,
    asr: { perUser: true, shared: true },
  },
  configure: (config) => ({
    type: 'session.update',
    session: {
      type: 'realtime',
      model: config.model,
      output_modalities: ['audio'],
      max_output_tokens: mostTokens,
      instructions: config.instructions,
      audio: {
        input: { format: pcm, turn_detection: null, transcription: transcriptionOf(config) },
        output: { format: pcm, voice: config.voice },
      },
      tools: toolsOf(config.tools),
      tool_choice: 'auto',
      ...(config.inputTranscription !== null && confidenceAsked(inputModelOf(config.inputTranscription))),
    },
  }),
  updateInstructions: (instructions) => ({ type: 'session.update', session: { type: 'realtime', instructions } }),
  updateTools: (tools) => ({
    type: 'session.update',
    session: { type: 'realtime', tools: toolsOf(tools), tool_choice: 'auto' },
  }),
  item: (item) => messageItem(item, 'output_text'),
  respond: ({ requestId, instructions, modality, withoutTools }: DialectResponse) => ({
    type: 'response.create',
    event_id: requestId,
    response: {
      output_modalities: [modality],
      metadata: { request_id: requestId },
      ...(instructions !== null && { instructions }),
      ...(withoutTools && { tool_choice: 'none' }),
    },
  }),
  cancel: (responseId) => ({ type: 'response.cancel', ...(responseId !== null && { response_id: responseId }) }),
  audioOf: (session) => audioOfSession(session),
};

/** Something said before, as a message of the conversation; what the bot said has a content type of its own. */
export const messageItem = ({ role, text }: ContextItem, spoken: 'output_text' | 'text'): JsonObject => ({
  type: 'conversation.item.create',
  item: { type: 'message', role, content: [{ type: role === 'assistant' ? spoken : 'input_text', text }] },
});

/** Functions as the Realtime API takes them: flat, without the envelope of chat completions. */
export const toolsOf = (tools: readonly ToolDefinition[]): readonly JsonObject[] =>
  tools.map(({ name, description, parameters }) => ({ type: 'function', name, description, parameters }));

/** What a session says of its audio: `audio.input.format`, or `input_audio_format` of the beta. */
export const audioOfSession = (session: JsonObject): SessionAudio => {
  const audio = objectOf(session, 'audio');
  const input = formatOf(objectOf(audio, 'input').format ?? session.input_audio_format);
  const output = formatOf(objectOf(audio, 'output').format ?? session.output_audio_format);
  return { inputRate: input.rate, outputRate: output.rate, oddFormat: input.odd ?? output.odd };
};

const formatOf = (format: unknown): { rate: number | null; odd: string | null } => {
  if (typeof format === 'string') return { rate: null, odd: format === 'pcm16' ? null : format };
  if (typeof format !== 'object' || format === null) return { rate: null, odd: null };
  const described = format as JsonObject;
  const type = textOf(described, 'type');
  const rate = typeof described.rate === 'number' && described.rate > 0 ? described.rate : null;
  return { rate, odd: type === null || type === 'audio/pcm' ? null : type };
};

const transcriptionOf = ({ inputTranscription, language }: ProviderConfig): JsonObject | null =>
  inputTranscription === null ? null : transcriptionSettings({ model: inputModelOf(inputTranscription), ...language });

const inputModelOf = ({ model }: { readonly model: string | null }): string =>
  model ?? defaultModel('openai', 'input_transcription') ?? '';
