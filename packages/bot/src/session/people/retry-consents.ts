import type { Clock } from '@parley/protocol';
import type { Background } from '../../vox/background.ts';

/** How often consents that could not be read are tried again, milliseconds. */
export const consentRetryMs = 15_000;

/** Tries again until the consents can be read, then brings voxproc in line with them. Disposing gives up. */
export const retryConsents = (
  { clock, background }: { clock: Clock; background: Background },
  load: () => Promise<boolean>,
  onReadable: () => void,
): Disposable => {
  let busy = false;
  const timer = clock.setInterval(() => {
    if (busy) return;
    busy = true;
    background.run('consents', async () => {
      try {
        if (!(await load())) return;
        timer[Symbol.dispose]();
        onReadable();
      } finally {
        busy = false;
      }
    });
  }, consentRetryMs);
  return timer;
};
