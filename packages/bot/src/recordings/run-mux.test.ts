import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { runMuxWith } from './run-mux.ts';

/** A mixer that does what `script` says. */
const mixer = async (script: string) => {
  const path = await mkdtemp(join(tmpdir(), 'parley-mixer-'));
  const cliPath = join(path, 'cli.mjs');
  await writeFile(cliPath, script);
  const progress: number[] = [];
  return {
    progress,
    run: (
      signal = new AbortController().signal,
      onProgress: (fraction: number) => void = (fraction) => void progress.push(fraction),
    ) =>
      runMuxWith({ cliPath, logger: pino({ level: 'silent' }), env: { FFMPEG_PATH: '/x' } })(
        '/folder',
        ({ fraction }) => onProgress(fraction),
        signal,
      ),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
};

const say = (object: object) => `console.log(${JSON.stringify(JSON.stringify(object))});`;

for (const { name, script, end } of [
  {
    name: 'a mix that is done',
    script: say({ type: 'done', status: 'completed' }),
    end: { kind: 'done', status: 'completed' },
  },
  {
    name: 'a mix that failed, whatever the exit code',
    script: `${say({ type: 'done', status: 'failed' })} process.exitCode = 3;`,
    end: { kind: 'done', status: 'failed' },
  },
  {
    name: 'a folder somebody else works on',
    script: `${say({ type: 'error', code: 'busy' })} process.exitCode = 5;`,
    end: { kind: 'busy' },
  },
  {
    name: 'a folder an audio process still writes to',
    script: `${say({ type: 'error', code: 'recording_live' })} process.exitCode = 5;`,
    end: { kind: 'busy' },
  },
] as const) {
  test(`${name} is ${JSON.stringify(end)}`, async () => {
    await using cli = await mixer(script);
    assert.deepEqual(await cli.run(), end);
  });
}

test('a mixer that dies without a status is broken, with its last words', async () => {
  await using cli = await mixer('console.error("no space left"); process.exitCode = 6;');
  const end = await cli.run();
  assert.ok(end.kind === 'broken' && /exit code 6.*no space left/.test(end.error), JSON.stringify(end));
});

test('a session.json that could not be written leaves the job pending', async () => {
  await using cli = await mixer(`${say({ type: 'done', status: 'pending' })} process.exitCode = 4;`);
  assert.equal((await cli.run()).kind, 'broken');
});

test('progress is handed on, and nothing else on stdout is taken for it', async () => {
  await using cli = await mixer(
    `console.log('words'); ${say({ type: 'progress', phase: 'mix', fraction: 0.25 })} ${say({ type: 'progress', fraction: 7 })} ${say({ type: 'done', status: 'empty' })}`,
  );
  assert.equal((await cli.run()).kind, 'done');
  assert.deepEqual(cli.progress, [0.25]);
});

test('the mixer runs niced and gets no token', async () => {
  process.env.DISCORD_TOKEN_FOR_TEST = 'secret';
  // The tests may themselves run niced.
  const niced = Math.min(getPriority() + 10, constants.priority.PRIORITY_LOW);
  await using cli = await mixer(`
    if (Object.values(process.env).includes('secret') || process.env.FFMPEG_PATH !== '/x') process.exit(9);
    const end = Date.now() + 30_000;
    const { getPriority } = await import('node:os');
    while (getPriority() !== ${niced} && Date.now() < end) await new Promise((r) => setTimeout(r, 10));
    if (getPriority() === ${niced}) ${say({ type: 'done', status: 'completed' })}`);
  assert.deepEqual(await cli.run(), { kind: 'done', status: 'completed' });
  delete process.env.DISCORD_TOKEN_FOR_TEST;
});

test('an interrupted mixer is gone', async () => {
  await using cli = await mixer(`${say({ type: 'progress', phase: 'mix', fraction: 0 })} setInterval(() => {}, 1000);`);
  const stop = new AbortController();
  assert.deepEqual(await cli.run(stop.signal, () => stop.abort()), { kind: 'interrupted' });
});
