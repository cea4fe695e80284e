import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');

interface Case {
  readonly file: string;
  readonly statement: string;
  readonly allowed: boolean;
}

const cases: Case[] = [];
const forbidden = (folder: string, ...statements: string[]) => add(folder, statements, false);
const allowed = (folder: string, ...statements: string[]) => add(folder, statements, true);
const add = (folder: string, statements: string[], pass: boolean): void => {
  for (const statement of statements) {
    const name = `case-${cases.length}${folder.endsWith('#test') ? '.test' : ''}.ts`;
    cases.push({ file: `${folder.replace('#test', '')}/${name}`, statement, allowed: pass });
  }
};

forbidden(
  'packages/protocol/src/frame',
  "export { a } from '@parley/bot';",
  "export { a } from '@parley/mux/deep/down';",
  "export { a } from 'discord.js';",
  "export { a } from 'undici';",
  "export { a } from 'node:fs';",
  "export { a } from '@parley/sim';",
  "export { a } from '../../../mux/src/index.ts';",
);
allowed(
  'packages/protocol/src/frame',
  "export { a } from 'msgpackr';",
  "export { a } from 'zod';",
  "export type { a } from 'node:stream';",
  "export { a } from './frame.ts';",
  "export { a } from '../clock.ts';",
);
forbidden('packages/protocol/src/frame#test', "export { a } from '@parley/bot';", "export { a } from 'discord.js';");
allowed('packages/protocol/src/frame#test', "export { a } from 'fast-check';", "export { a } from 'node:fs';");

forbidden(
  'packages/mux/src/ogg',
  "export { a } from '@parley/protocol';",
  "export { a } from '@parley/bot/testing';",
  "export { a } from 'discord.js';",
  "export { a } from '@discordjs/voice';",
  "export { a } from 'undici';",
  "export { a } from 'node:http';",
  "export const a = await import('node:net');",
  "export { a } from '../../../voxproc/src/main.ts';",
  "export { a } from '../../../../test/sim/src/index.ts';",
);
allowed('packages/mux/src/ogg', "export { a } from 'zod';", "export { a } from 'node:fs/promises';");

forbidden(
  'packages/voxproc/src/voice',
  "export { a } from '@parley/bot';",
  "export { a } from '@parley/bot/deep/down';",
  "export { a } from 'discord.js';",
  "export { a } from 'sqlite3';",
  "export { a } from 'node:sqlite';",
  "export { a } from 'openai';",
  "export { a } from '@parley/sim/world';",
  "export { a } from '../../../bot/src/main.ts';",
);
allowed(
  'packages/voxproc/src/voice',
  "export { a } from '@parley/protocol';",
  "export { a } from '@parley/protocol/testing';",
  "export { a } from '@parley/mux';",
  "export { a } from '@discordjs/voice';",
);

forbidden(
  'packages/bot/src/session',
  "export { a } from '@parley/voxproc';",
  "export type { a } from '@parley/voxproc/testing';",
  "export { a } from '@parley/web';",
  "export { a } from '@discordjs/voice';",
  "import '@snazzah/davey';",
  "export { a } from '@evan/opus';",
  "export { a } from 'node:dgram';",
  "export { a } from '../../../protocol/src/frame/frame.ts';",
  "export { a } from '../../../../test/sim/src/index.ts';",
);
allowed(
  'packages/bot/src/session',
  "export { a } from '@parley/protocol';",
  "export { a } from '@parley/mux';",
  "export { a } from 'discord.js';",
  "export { a } from '../store/index.ts';",
);

forbidden(
  'packages/web/src',
  "export { a } from 'node:fs';",
  "export type { a } from '@parley/bot';",
  "export { a } from '@parley/mux';",
  "export { a } from '../../bot/src/main.ts';",
);
allowed('packages/web/src', "export type { a } from '@parley/protocol/duplex';", "export { a } from './session.ts';");

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string };
}

let mirror = '';
let found: readonly Diagnostic[] = [];

before(() => {
  mirror = mkdtempSync(join(tmpdir(), 'parley-import-rules-'));
  for (const name of ['biome.json', '.gitignore']) copyFileSync(join(repository, name), join(mirror, name));
  for (const { file, statement } of cases) {
    mkdirSync(dirname(join(mirror, file)), { recursive: true });
    writeFileSync(join(mirror, file), `${statement}\n`);
  }
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '--only=style/noRestrictedImports', '.'],
    { cwd: mirror, encoding: 'utf8' },
  );
  assert.match(stdout, /^\{"summary"/, stderr);
  found = (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
});

after(() => rmSync(mirror, { recursive: true, force: true }));

for (const { file, statement, allowed: pass } of cases) {
  test(`${dirname(file)} ${pass ? 'may' : 'must not'} say: ${statement}`, () => {
    const categories = new Set(found.filter(({ location }) => location.path === file).map(({ category }) => category));
    assert.deepEqual([...categories], pass ? [] : ['lint/style/noRestrictedImports']);
  });
}
