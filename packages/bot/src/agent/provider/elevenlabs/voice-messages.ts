import type { JsonObject } from '../socket/json.ts';

/** After how many letters speech is made, piece by piece: the sooner the first, the sooner it is heard (ElevenLabs' guide "WebSockets"). */
const chunkLengthSchedule = [50, 120, 200, 260] as const;

/** Begins a context: one thing that is said (ElevenLabs' API reference, "Multi-Context WebSocket"). */
export const beginContext = (contextId: string): JsonObject => ({
  text: ' ',
  context_id: contextId,
  generation_config: { chunk_length_schedule: chunkLengthSchedule },
});

/** Says a text, all of it: nothing more follows in this context. It ends with a space, as the reference wants it. */
export const sayInContext = (contextId: string, text: string): readonly JsonObject[] => [
  { text: `${text} `, context_id: contextId, flush: true },
  closeContext(contextId),
];

/** What a context was to say is made to its end; of one that was told nothing, nothing comes. */
export const closeContext = (contextId: string): JsonObject => ({ context_id: contextId, close_context: true });

/** Keeps a context from being closed for want of text. */
export const keepAlive = (contextId: string): JsonObject => ({ text: '', context_id: contextId });
