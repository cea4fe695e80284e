import { openAiKinds, type ServerKind } from '../dialect/server-kind.ts';

/** xAI writes OpenAI's names, its beta's, and some shorter ones of its own (provider notes, xAI). */
export const xaiKinds = {
  ...openAiKinds,
  'output_audio.delta': 'audio',
  'audio.delta': 'audio',
  'response.output_audio.chunk': 'audio',
  'response.audio.chunk': 'audio',
  'output_audio.chunk': 'audio',
  'audio.chunk': 'audio',
  'output_audio_transcript.delta': 'output_text',
  'output_audio_transcript.done': 'output_text_whole',
  'transcript.completed': 'input_text_whole',
  'response.completed': 'response_finished',
} as const satisfies Record<string, ServerKind>;
