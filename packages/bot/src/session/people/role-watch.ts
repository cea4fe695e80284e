import type { Clock } from '@parley/protocol';
import type { Background } from '../../vox/background.ts';

/**
 * How often the roles of the people present are looked up where a role counts as consent, milliseconds. Discord tells of a role given
 * or taken only to bots with the privileged members intent; to others with the person's next voice state.
 */
export const roleWatchMs = 30_000;

/** Looks at once a while, one look at a time. Disposing ends it. */
export const watchRoles = (
  { clock, background }: { readonly clock: Clock; readonly background: Background },
  look: () => Promise<void>,
): Disposable => {
  let busy = false;
  return clock.setInterval(() => {
    if (busy) return;
    busy = true;
    background.run('roles', async () => {
      try {
        await look();
      } finally {
        busy = false;
      }
    });
  }, roleWatchMs);
};
