import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { systemClock } from '@parley/protocol';
import type { CliContext, ExitCode } from '../command.ts';
import { runCli } from '../run-cli.ts';

export interface CliRun {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** An installation in a folder of its own, to run `parley` on. Removed when disposed. */
export class CliRig implements AsyncDisposable {
  readonly cwd: string;
  /** Added to the environment of every run. */
  env: Record<string, string> = {};

  private constructor(cwd: string) {
    this.cwd = cwd;
  }

  /** `files` by their path in the folder. */
  static async start(files: Readonly<Record<string, string>> = {}): Promise<CliRig> {
    const rig = new CliRig(await mkdtemp(join(tmpdir(), 'parley-cli-')));
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(rig.cwd, path, '..'), { recursive: true });
      await writeFile(join(rig.cwd, path), content);
    }
    return rig;
  }

  async run(args: readonly string[], change: Partial<CliContext> = {}): Promise<CliRun> {
    let out = '';
    let err = '';
    const code = await runCli(args, {
      env: this.env,
      cwd: this.cwd,
      stdin: Readable.from([]),
      out: async (text) => {
        out += text;
      },
      err: (line) => {
        err += `${line}\n`;
      },
      color: false,
      clock: systemClock,
      signal: new AbortController().signal,
      ...change,
    });
    return { code, out, err };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.cwd, { recursive: true, force: true });
  }
}
