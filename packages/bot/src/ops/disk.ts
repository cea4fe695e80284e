import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Bytes an ordinary user may still write where this path is, or would be: the nearest folder above that exists is asked. null where
 * the system does not tell.
 */
export const freeBytes = async (path: string): Promise<number | null> => {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch (error) {
      const missing =
        error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
      if (!missing || dirname(at) === at) return null;
    }
  }
};
