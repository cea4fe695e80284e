import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { finishDeletions } from './delete-recording.ts';

const first = '100000000000000001-100000000000000002-20270115T080000000Z';
const second = '100000000000000001-100000000000000002-20270116T080000000Z';

test('a deletion that was cut off and cannot go on does not keep the others', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'parley-deletions-'));
  t.after(() => rm(root, { recursive: true }));
  const failed: string[] = [];
  const finish = () =>
    finishDeletions(
      root,
      (recordingSessionId, error) => failed.push(`${recordingSessionId}: ${(error as Error).message}`),
      async (folder) => {
        if (folder.includes(first)) throw new Error('EACCES');
        await rm(folder, { recursive: true });
      },
    );
  await finish();
  assert.deepEqual(failed, [], 'nothing was recorded yet');
  for (const name of [`${first}.deleting`, `${second}.deleting`, second, 'notes.deleting']) {
    await mkdir(join(root, 'sessions', name), { recursive: true });
  }
  await finish();
  assert.deepEqual(failed, [`${first}: EACCES`]);
  const left = await readdir(join(root, 'sessions'));
  assert.deepEqual(left.toSorted(), [`${first}.deleting`, second, 'notes.deleting']);
});
