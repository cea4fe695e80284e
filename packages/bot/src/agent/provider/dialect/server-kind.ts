/** What a provider's event is about, whatever it is called. `nothing`: known, and of no use here. */
export type ServerKind =
  | 'session_ready'
  | 'response_started'
  | 'response_finished'
  | 'audio'
  | 'output_text'
  | 'output_text_whole'
  | 'output_item'
  | 'output_item_whole'
  | 'tool_arguments_whole'
  | 'input_text'
  | 'input_text_whole'
  | 'input_text_failed'
  | 'turn_committed'
  | 'speech_started'
  | 'speech_stopped'
  | 'error'
  | 'nothing';

/** Names of OpenAI's Realtime API: generally available and, where they differ, beta (toolchain notes; API reference, "Server events"). */
export const openAiKinds = {
  'session.updated': 'session_ready',
  'response.created': 'response_started',
  'response.done': 'response_finished',
  'response.output_audio.delta': 'audio',
  'response.audio.delta': 'audio',
  'response.output_audio_transcript.delta': 'output_text',
  'response.audio_transcript.delta': 'output_text',
  'response.output_text.delta': 'output_text',
  'response.text.delta': 'output_text',
  'response.output_audio_transcript.done': 'output_text_whole',
  'response.audio_transcript.done': 'output_text_whole',
  'response.output_text.done': 'output_text_whole',
  'response.text.done': 'output_text_whole',
  'response.output_item.added': 'output_item',
  'response.output_item.done': 'output_item_whole',
  'response.function_call_arguments.done': 'tool_arguments_whole',
  'conversation.item.input_audio_transcription.delta': 'input_text',
  'conversation.item.input_audio_transcription.completed': 'input_text_whole',
  'conversation.item.input_audio_transcription.failed': 'input_text_failed',
  'input_audio_buffer.committed': 'turn_committed',
  'input_audio_buffer.speech_started': 'speech_started',
  'input_audio_buffer.speech_stopped': 'speech_stopped',
  error: 'error',
} as const satisfies Record<string, ServerKind>;

/** What an event is about. Vendors add events all the time: one nobody knows is no mistake. */
export const kindOf = (kinds: Readonly<Record<string, ServerKind>>, type: string): ServerKind =>
  Object.hasOwn(kinds, type) ? (kinds[type] ?? 'nothing') : 'nothing';
