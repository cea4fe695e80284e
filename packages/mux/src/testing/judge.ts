import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** An outside program that checks our files: its path, or why the test is skipped. */
export type Judge =
  | { readonly present: true; readonly path: string; readonly skip: false }
  | { readonly present: false; readonly path: ''; readonly skip: string };

const onPath = (name: string): string | null => {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return null;
};

/**
 * Finds a judge on PATH. Pass its `skip` to the test's options: a missing judge skips the test with the package's name.
 * @param debPackage the Debian package that holds it
 * @throws Error when it is missing and `PARLEY_REQUIRE_JUDGES` is 1
 */
export const judge = (name: string, debPackage: string): Judge => {
  const path = onPath(name);
  if (path !== null) {
    return { present: true, path, skip: false };
  }
  if (process.env.PARLEY_REQUIRE_JUDGES === '1') {
    throw new Error(`${name} is required as a judge but missing: install the Debian package ${debPackage}`);
  }
  return { present: false, path: '', skip: `${name} is missing (Debian package ${debPackage})` };
};
