import { z } from 'zod';
import { chunkMs, maxPrompt, maxText, microphoneRate } from './limits.ts';

const audio = z.string().max(1_400_000);
const frames = z.array(z.string()).max(8);

/**
 * Options of a session. Those that mean nothing here are accepted and noted, so that clients of the original protocol need not change;
 * fields nobody knows are kept.
 */
export const duplexConfig = z.looseObject({
  mode: z.enum(['adx', 'omni']).optional(),
  voice: z.string().max(64).optional(),
  personality: z.string().max(64).optional(),
  generate_audio: z.boolean().optional(),
  force_listen_count: z.int().min(0).max(100).optional(),
  temperature: z.number().min(0).max(2).optional(),
  length_penalty: z.number().min(0.1).max(5).optional(),
  chunk_ms: z.int().min(chunkMs.least).max(chunkMs.most).optional(),
  sample_rate: z.literal(microphoneRate).optional(),
});
export type DuplexConfig = z.infer<typeof duplexConfig>;

/** Everything a browser may send. v0 sends audio as base64 of f32le; in v1 audio comes in binary frames. */
export const clientMessages = {
  prepare: z.looseObject({
    type: z.literal('prepare'),
    system_prompt: z.string().max(maxPrompt).default(''),
    config: duplexConfig.optional(),
    ref_audio_base64: audio.nullish(),
    tts_ref_audio_base64: audio.nullish(),
    ref_audio_path: z.string().max(1000).nullish(),
    max_slice_nums: z.int().min(1).max(16).optional(),
    deferred_finalize: z.boolean().optional(),
  }),
  audio_chunk: z.looseObject({
    type: z.literal('audio_chunk'),
    audio_base64: audio,
    frame_base64_list: frames.optional(),
    force_listen: z.boolean().optional(),
    max_slice_nums: z.int().min(1).max(16).optional(),
  }),
  pause: z.looseObject({ type: z.literal('pause'), timeout: z.number().min(1).max(600).optional() }),
  resume: z.looseObject({ type: z.literal('resume') }),
  stop: z.looseObject({ type: z.literal('stop') }),
  /** Of old clients; answered, and without effect. */
  interrupt: z.looseObject({ type: z.literal('interrupt') }),
  client_diagnostic: z.looseObject({ type: z.literal('client_diagnostic') }),
  /** v1: whether the agent is to be silent and listen, from `position` on. */
  force_listen: z.looseObject({ type: z.literal('force_listen'), on: z.boolean() }),
  /** v1: a camera picture, for models that take them. */
  video_frame: z.looseObject({ type: z.literal('video_frame'), frame_base64: z.string().max(2_000_000) }),
  /** Something written: answered in its turn (`queued`), or at once, which interrupts. */
  text: z.looseObject({
    type: z.literal('text'),
    text: z.string().min(1).max(maxText),
    mode: z.enum(['queued', 'immediate']).default('queued'),
  }),
} as const;

export type ClientMessageType = keyof typeof clientMessages;
export type ClientMessage = { [T in ClientMessageType]: z.infer<(typeof clientMessages)[T]> }[ClientMessageType];

/** Names some clients use for fields, and what they are called here. */
export const aliases: { readonly [T in ClientMessageType]?: Readonly<Record<string, string>> } = {
  prepare: { prefix_system_prompt: 'system_prompt' },
  audio_chunk: { audio: 'audio_base64' },
};
