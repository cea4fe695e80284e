import type { Ffmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { mixdown } from '../mixdown.ts';
import { OpusStream } from '../ogg/opus-stream.ts';
import { PageScanner } from '../ogg/page-scanner.ts';
import type { MixEngine, MixJob, MixReport } from './mix-engine.ts';

/** The mix of one ffmpeg process: the reference, and what remains where libopus cannot be loaded. Uses one core. */
export class FfmpegEngine implements MixEngine {
  readonly name = 'ffmpeg-amix';
  readonly #ffmpeg: Ffmpeg;

  constructor(ffmpeg: Ffmpeg) {
    this.#ffmpeg = ffmpeg;
  }

  async mix(job: MixJob): Promise<MixReport> {
    const scanner = new PageScanner();
    const stream = new OpusStream();
    let encoded = 0;
    const take = (pages: ReturnType<PageScanner['push']>): void => {
      for (const page of pages) {
        for (const event of stream.take(page)) {
          if (event.type !== 'page') continue;
          for (const { data, samples } of event.packets) {
            job.sink(data, samples);
            encoded += samples;
          }
        }
      }
    };
    await mixdown({
      ffmpeg: this.#ffmpeg,
      tracks: job.sources.map(({ track }) => track),
      ...{ durationSamples: job.durationSamples, ceilingDb: job.ceilingDb, signal: job.signal },
      sink: (bytes) => take(scanner.push(bytes)),
      ...(job.onSamples !== undefined && { onSamples: job.onSamples }),
    });
    take(scanner.end());
    return { samples: encoded, loudness: null, levels: null, made: { silent: 0, encoded, copied: 0 }, badPackets: 0 };
  }
}
