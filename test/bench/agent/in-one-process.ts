import { systemClock } from '@parley/protocol';
import { Playback } from '../../../packages/voxproc/src/playback/playback.ts';
import { tonePcm } from '../../../packages/voxproc/src/testing/playback-ears.ts';
import { percentile } from './percentile.ts';

/**
 * The reference design: the same audio code inside a supervisor whose loop is blocked for 60 ms out of every 250. @returns how late
 * frames leave, the 99th percentile of the gaps between them beyond 20 ms, ms
 */
export const inOneProcess = async (seconds: number): Promise<number> => {
  const sentAt: number[] = [];
  const output = {
    ready: true,
    send: () => sentAt.push(performance.now()) > 0,
    sendSilence: () => true,
    stopSpeaking: () => undefined,
  };
  const blocking = setInterval(() => {
    const until = performance.now() + 60;
    while (performance.now() < until);
  }, 250);
  using playback = new Playback({
    ...{ clock: systemClock, output, played: { played: () => undefined } },
    listeners: {
      speech: () => undefined,
      music: () => undefined,
      trouble: () => undefined,
      error: (error) => {
        throw error;
      },
    },
  });
  playback.beginSpeech({ utteranceId: 'u', sampleRate: 24_000 });
  const piece = tonePcm(440, 20);
  for (let seq = 0; seq < 90; seq += 1) playback.speech.audio('u', seq, piece);
  let seq = 90;
  const feeding = setInterval(() => {
    for (let n = 0; n < 5; n += 1, seq += 1) playback.speech.audio('u', seq, piece);
  }, 100);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  clearInterval(blocking);
  clearInterval(feeding);
  return percentile(
    sentAt.slice(1).map((at, index) => Math.abs(at - (sentAt[index] ?? at) - 20)),
    0.99,
  );
};
