import { z } from 'zod';

/** Milliseconds of the recording that one point of `peaks/<userId>.json` stands for. */
export const PEAKS_MS_PER_POINT = 100;

/** `peaks/<userId>.json`: the level of one person's track over the whole recording, one byte a point in base64, 255 is full scale. */
export const peaksSchema = z.object({ msPerPoint: z.number().positive(), levels: z.base64() });

export type Peaks = z.infer<typeof peaksSchema>;
