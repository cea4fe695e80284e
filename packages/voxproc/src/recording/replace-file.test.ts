import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryFs } from '../testing/memory-fs.ts';
import { replaceFile } from './replace-file.ts';

const makeFs = () => {
  const fs = new MemoryFs();
  fs.folders.add('/rec');
  fs.files.set('/rec/a.json', Buffer.from('old'));
  return fs;
};

test('the new text is synced before it takes the place of the old', async () => {
  const fs = makeFs();
  await replaceFile(fs, '/rec/a.json', 'new');
  assert.equal(fs.text('/rec/a.json'), 'new');
  assert.deepEqual([...fs.files.keys()], ['/rec/a.json']);
  assert.deepEqual(
    fs.calls.map(({ operation }) => operation),
    ['overwrite', 'write', 'sync', 'close', 'replace'],
  );
});

test('a failure at any point leaves the old text and no draft', async () => {
  for (const operation of ['overwrite', 'write', 'sync', 'close', 'replace']) {
    const fs = makeFs();
    fs.fault = (call) => (call.operation === operation ? 'ENOSPC' : null);
    await assert.rejects(replaceFile(fs, '/rec/a.json', 'new'), { code: 'ENOSPC' }, operation);
    assert.deepEqual([...fs.files.keys()], ['/rec/a.json'], operation);
    assert.equal(fs.text('/rec/a.json'), 'old', operation);
    assert.equal(fs.openFiles, 0, operation);
  }
});

test('a full disk cuts the draft short and is an error', async () => {
  const fs = makeFs();
  fs.capacityBytes = 5;
  await assert.rejects(replaceFile(fs, '/rec/a.json', 'much longer'), { code: 'ENOSPC' });
  assert.equal(fs.text('/rec/a.json'), 'old');
});
