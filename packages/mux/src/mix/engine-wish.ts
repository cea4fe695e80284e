/** Which engine somebody asks for. `auto`: sparse, and ffmpeg where libopus cannot be loaded. */
export const engineWishes = ['auto', 'sparse', 'ffmpeg'] as const;
export type EngineWish = (typeof engineWishes)[number];
