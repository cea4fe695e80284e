/** Brings the generated parts of the documentation up to date: `pnpm generate`. Tests fail while they are stale. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateJoinPolicyDoc, generateSettingsDoc } from '@parley/bot';
import { renderReadme } from '@parley/protocol/testing';

const root = join(import.meta.dirname, '..');

const bring = async (file: string, render: (current: string) => string): Promise<void> => {
  const path = join(root, file);
  const current = await readFile(path, 'utf8').catch(() => '');
  const next = render(current);
  if (next !== current) await writeFile(path, next);
  console.log(`${next === current ? 'up to date' : 'written   '} ${file}`);
};

await bring('packages/protocol/README.md', renderReadme);
await bring('docs/settings.md', generateSettingsDoc);
await bring('docs/join-policy.md', generateJoinPolicyDoc);
