import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** The folder of the built pages: `index.html` and hashed files under `assets/`. */
export const webDist = join(root, 'dist');

const stampFile = join(webDist, 'sources.sha256');

/** A hash over everything the pages are built from. */
const sourcesHash = (): string => {
  const hash = createHash('sha256');
  const shapes = join(root, '..', 'protocol', 'src', 'api');
  const files = [
    ...['index.html', 'package.json', 'vite.config.ts'].map((name) => join(root, name)),
    ...globSync('{src,public}/**/*', { cwd: root, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
    ...globSync('*.ts', { cwd: shapes }).map((name) => join(shapes, name)),
  ].toSorted();
  for (const file of files) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
};

/** Whether the built pages are there and made from the sources as they are. */
export const isWebBuilt = (): boolean =>
  existsSync(join(webDist, 'index.html')) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === sourcesHash();

/** What a server serves: the folder, when there are pages in it, whatever they were built from; null: there are none. */
export const servedPages = (folder: string = webDist): string | null =>
  existsSync(join(folder, 'index.html')) ? folder : null;

/**
 * Builds the pages when they are missing or older than their sources. Built beside and moved into place, so that a server never
 * reads half of them.
 * @throws what the bundler says; the pages of before stay then.
 */
export const buildWeb = async (): Promise<'built' | 'up to date'> => {
  if (isWebBuilt()) return 'up to date';
  const { build } = await import('vite');
  const fresh = `${webDist}.${process.pid}`;
  const hash = sourcesHash();
  try {
    await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir: fresh } });
    await mkdir(fresh, { recursive: true });
    await writeFile(join(fresh, 'sources.sha256'), hash);
    await replace(fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return 'built';
};

/** Moves a fresh build into place. Where another process has just done the same, its build stays. @throws the file system's error */
const replace = async (fresh: string): Promise<void> => {
  try {
    await rm(webDist, { recursive: true, force: true });
    await rename(fresh, webDist);
  } catch (error) {
    if (!isWebBuilt()) throw error;
  }
};
