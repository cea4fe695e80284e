import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The clip that says aloud that a recording begins. */
export const findChime = (): string | null => {
  const file = fileURLToPath(new URL('../../../assets/now-recording.ogg', import.meta.url));
  return existsSync(file) ? file : null;
};
