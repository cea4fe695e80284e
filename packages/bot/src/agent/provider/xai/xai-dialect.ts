import type { Dialect } from '../dialect/dialect.ts';
import { audioOfSession, messageItem, toolsOf } from '../openai/openai-dialect.ts';
import { xaiKinds } from './xai-kinds.ts';

/** What can be chosen of a session with xAI. */
export interface XaiSessionOptions {
  /** Hz of the PCM it hears and speaks. */
  readonly rate: number;
  readonly region: string;
}

/** A session lasts 30 minutes (xAI's docs, "Voice Agent"). */
const socketLimitMs = 1_800_000;

/** xAI's voice agent: OpenAI's protocol in an older shape. It cannot truncate, and answers content without naming the response. */
export const xaiDialect = ({ rate, region }: XaiSessionOptions): Dialect => {
  const format = { type: 'audio/pcm', rate } as const;
  const modalities = ['audio', 'text'] as const;
  return {
    id: 'xai',
    name: 'xAI',
    kinds: xaiKinds,
    capabilities: {
      inputRate: rate,
      outputRate: rate,
      textIn: true,
      updatesInstructions: true,
      updatesTools: true,
      takesTools: true,
      cancels: true,
      truncates: false,
      deletesItems: false,
      transcribesInput: true,
      answersTurnsItself: false,
      interruptsOnInput: false,
      resumesByHandle: false,
      closesBeforeReopening: false,
      socketLimitMs,
      billsOpenTime: true,
      asr: { perUser: false, shared: false },
    },
    configure: ({ voice, instructions, tools }) => ({
      type: 'session.update',
      session: {
        voice,
        instructions,
        audio: { input: { format }, output: { format } },
        turn_detection: { type: null },
        region,
        modalities,
        tools: toolsOf(tools),
        tool_choice: 'auto',
      },
    }),
    updateInstructions: (instructions) => ({ type: 'session.update', session: { instructions } }),
    updateTools: (tools) => ({ type: 'session.update', session: { tools: toolsOf(tools), tool_choice: 'auto' } }),
    item: (item) => messageItem(item, 'text'),
    respond: ({ requestId, instructions, modality, withoutTools }) => ({
      type: 'response.create',
      event_id: requestId,
      response: {
        modalities: modality === 'audio' ? modalities : ['text'],
        ...(instructions !== null && { instructions }),
        ...(withoutTools && { tool_choice: 'none' }),
      },
    }),
    cancel: () => ({ type: 'response.cancel' }),
    audioOf: audioOfSession,
  };
};
