import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder that goes away when it is disposed: `using folder = new TempFolder()`. */
export class TempFolder implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), 'parley-mux-'));

  /** A path inside. */
  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
