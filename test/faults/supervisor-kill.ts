import assert from 'node:assert/strict';
import { walkOpusFile } from '@parley/mux';
import type { SimPerson } from '@parley/sim';
import { type BotOnSim, readJournal } from '../lib/bot-on-sim.ts';
import { processesGone } from './fault-test.ts';
import { segmentFiles } from './kept.ts';
import { nowUs } from './processes.ts';

/** What was received before the kill may be lost: this much of each person, milliseconds. */
export const lostAtMostMs = 1000 + 250;

/** Kills the bot with -9 and waits until what it had started has gone by itself. Returns when, and how long that took. */
export const killBot = async (call: BotOnSim): Promise<{ us: number; goneMs: number }> => {
  const us = nowUs();
  await call.killBot();
  await processesGone(call.folder);
  return { us, goneMs: Math.round((nowUs() - us) / 1000) };
};

/** Holds that the orphaned voxproc closed everybody's file with its end, and said why it went. Returns how many. */
export const assertClosed = async (folder: string, people: readonly SimPerson[]): Promise<number> => {
  const files = (await Promise.all(people.map(({ userId }) => segmentFiles(folder, userId)))).flat();
  assert.ok(files.length >= people.length, `${files.length} files`);
  for (const file of files) {
    const { ended, damage } = walkOpusFile(file);
    assert.ok(ended && damage.length === 0, `${file} has its end: ${ended}; damage ${JSON.stringify(damage)}`);
  }
  const left = (await readJournal(folder, 'voxproc-0.jsonl')).find(({ type }) => type === 'voxproc_left');
  assert.equal(left?.type === 'voxproc_left' && left.reason, 'orphaned');
  return files.length;
};
