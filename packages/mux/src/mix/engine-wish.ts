/**
 * Which engine somebody asks for. `auto`: splice where most of what is said is one person alone in CELT, else sparse; ffmpeg where
 * libopus cannot be loaded.
 */
export const engineWishes = ['auto', 'sparse', 'splice', 'ffmpeg'] as const;
export type EngineWish = (typeof engineWishes)[number];
