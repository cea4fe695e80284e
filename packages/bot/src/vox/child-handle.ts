import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A running child as the rest of `vox/` sees it: three streams, a signal, an end. */
export interface ChildHandle {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  kill(signal: NodeJS.Signals): void;
  /** Resolves once, when the child is gone and its streams are closed. Never rejects: a failed start is an exit with code null. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export type SpawnChild = () => ChildHandle;

/** Variables a child gets from this process: what the system needs, never a token or key. */
const inheritedVariables: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]);

export const childEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => inheritedVariables.has(name)));

/** The same for a child that may have to fetch a package: npm's own settings and the proxy belong to it. */
export const fetchingEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...childEnvironment(env),
  ...Object.fromEntries(Object.entries(env).filter(([name]) => /^(npm_config_.*|https?_proxy|no_proxy)$/i.test(name))),
});

/** The executable of voxproc in this checkout. */
export const defaultVoxprocEntry = (): string => fileURLToPath(import.meta.resolve('@parley/voxproc'));

/**
 * Node's options for voxproc. Its garbage is tiny and short-lived and its live data small: with a small young generation and an old
 * one that is collected early it stays a third smaller over hours with many speakers (`pnpm bench memory`).
 */
export const voxprocNodeOptions: readonly string[] = ['--max-semi-space-size=1', '--optimize-for-size'];

/** The same for what is outside of V8's heap: glibc gives back what datagrams and pages leave behind. Other libcs read neither. */
export const voxprocEnvironment: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

/**
 * Starts voxproc from its entry file. With `compileCache` (a folder) the second and later children skip compiling their modules.
 */
export const spawnVoxproc =
  (entry: string, compileCache?: string): SpawnChild =>
  () => {
    const child = spawn(process.execPath, [...voxprocNodeOptions, entry], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...voxprocEnvironment,
        ...childEnvironment(process.env),
        ...(compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache }),
      },
    });
    const { promise, resolve } = Promise.withResolvers<{ code: number | null; signal: NodeJS.Signals | null }>();
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
    return {
      pid: child.pid ?? 0,
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      kill: (signal) => void child.kill(signal),
      exited: promise,
    };
  };
