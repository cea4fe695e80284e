import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { TempFolder } from '../../testing/temp-folder.ts';
import { ExportProgressMeter } from '../export-progress.ts';
import type { ExportEntry } from '../plan-entries.ts';
import { writeOutput } from './write-output.ts';

/** Writes one entry, as the file itself or in a zip. */
const write = async (path: string, open: ExportEntry['open'], single = true): Promise<void> => {
  const entry: ExportEntry = { name: 'mix.mp3', compress: false, weight: 1, open };
  await writeOutput({
    ...{ entries: [entry], single, path, mtime: new Date(0), meter: new ExportProgressMeter([1], undefined) },
  });
};

test('one entry is the file itself', async () => {
  using folder = new TempFolder();
  await write(folder.file('result'), async function* () {
    yield Buffer.from('some ');
    yield Buffer.from('bytes');
  });
  assert.equal(readFileSync(folder.file('result'), 'utf8'), 'some bytes');
});

test('what fails at once has failed after its file was made: whoever clears up then finds it', async () => {
  // biome-ignore lint/correctness/useYield: it fails before its first piece
  const failing = async function* (): AsyncGenerator<Buffer> {
    throw new Error('no room');
  };
  for (let times = 0; times < 10; times += 1) {
    using folder = new TempFolder();
    for (const single of [true, false]) {
      const path = folder.file(`result-${single}`);
      await assert.rejects(write(path, failing, single), /no room/);
      assert.ok(existsSync(path), single ? 'the file itself' : 'a zip');
    }
  }
});
