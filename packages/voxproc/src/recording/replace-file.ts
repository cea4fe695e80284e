import type { RecordingFs } from './recording-fs.ts';

/**
 * Writes a whole file so that a reader sees the old one or the new one and nothing between, also after a crash.
 * @throws the file system's error; the old file is untouched then
 */
export const replaceFile = async (fs: RecordingFs, path: string, text: string): Promise<void> => {
  const draft = `${path}.tmp`;
  try {
    const file = await fs.overwrite(draft);
    try {
      let rest: Uint8Array = Buffer.from(text);
      while (rest.length > 0) {
        const written = await file.write([rest]);
        if (written <= 0) throw Object.assign(new Error('write made no progress'), { code: 'EIO' });
        rest = rest.subarray(written);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.replace(draft, path);
  } catch (error) {
    await fs.remove(draft).catch(() => undefined);
    throw error;
  }
};
