import { z } from 'zod';

const count = z.int().nonnegative();
const ms = z.number().nonnegative();

/** Whether somebody waits, and how long. Both names of the estimate are sent: clients read either. */
const waiting = {
  position: z.int().min(1),
  estimated_wait_s: ms,
  eta_seconds: ms,
  queue_length: count,
};

/** Everything a browser may hear. */
export const serverMessages = {
  queued: z.looseObject({ type: z.literal('queued'), ticket_id: z.string(), ...waiting }),
  queue_update: z.looseObject({ type: z.literal('queue_update'), ticket_id: z.string(), ...waiting }),
  queue_done: z.looseObject({ type: z.literal('queue_done') }),
  prepared: z.looseObject({
    type: z.literal('prepared'),
    prompt_length: count,
    recording_session_id: z.string().optional(),
    /** v1: what the audio of both directions is. */
    audio: z.object({ input_rate: count, output_rate: count }).optional(),
  }),
  /** v0: one for each chunk, in order, its speech inside. v1: one a second, its speech in binary frames. */
  result: z.looseObject({
    type: z.literal('result'),
    is_listen: z.boolean(),
    text: z.string(),
    audio_data: z.string().nullable(),
    end_of_turn: z.boolean(),
    /** Index of the chunk it answers. */
    current_time: count,
    cost_llm_ms: ms.nullable(),
    cost_tts_prep_ms: ms.nullable(),
    cost_tts_ms: ms.nullable(),
    cost_token2wav_ms: ms.nullable(),
    cost_all_ms: ms.nullable(),
    n_tokens: count.nullable(),
    n_tts_tokens: count.nullable(),
    /** Unix seconds. */
    server_send_ts: z.number(),
    wall_clock_ms: ms,
    /** Tokens of context that are used. */
    kv_cache_length: count,
    vision_slices: count,
    vision_tokens: count,
    /** Speech of an older epoch than the last forced listening is not played. */
    epoch: count.optional(),
  }),
  paused: z.looseObject({ type: z.literal('paused'), timeout: z.number().positive() }),
  resumed: z.looseObject({ type: z.literal('resumed') }),
  stopped: z.looseObject({ type: z.literal('stopped'), session_id: z.string() }),
  timeout: z.looseObject({ type: z.literal('timeout'), reason: z.string() }),
  interrupted: z.looseObject({ type: z.literal('interrupted') }),
  /** v1: the agent listens since this epoch. */
  listening: z.looseObject({ type: z.literal('listening'), on: z.boolean(), epoch: count }),
  warning: z.looseObject({ type: z.literal('warning'), code: z.string(), message: z.string() }),
  /** `error` and `message` say the same: old clients read the first. */
  error: z.looseObject({
    type: z.literal('error'),
    error: z.string(),
    message: z.string(),
    code: z.string(),
    fatal: z.boolean(),
  }),
} as const;

export type ServerMessageType = keyof typeof serverMessages;
export type ServerMessage = { [T in ServerMessageType]: z.infer<(typeof serverMessages)[T]> }[ServerMessageType];
