import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { servedPages } from '../../packages/web/build/web-dist.ts';

test('pages are served when they are there, without a look at what they were built from', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-web-'));
  try {
    assert.equal(servedPages(folder), null);
    await writeFile(join(folder, 'index.html'), '<!doctype html>');
    assert.equal(servedPages(folder), folder, 'no stamp of its sources is asked for');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
