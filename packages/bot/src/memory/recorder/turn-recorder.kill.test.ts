import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@parley/protocol';
import { pino } from 'pino';
import { openTestStore, tempFolder } from '../../store/testing/temp-store.ts';
import { sampleTurn } from '../testing/sample-turn.ts';
import { noSafetyCheck } from './safety-check.ts';
import { TurnRecorder } from './turn-recorder.ts';

const child = fileURLToPath(new URL('../testing/recording-child.ts', import.meta.url));

test('turns whose receipts came are there after kill -9, each once, and a repeated one is not recorded again', async () => {
  await using folder = await tempFolder();
  let next = 0;
  // Killed at five places of the way: the moment is wherever the child happens to be.
  for (let round = 1; round <= 5; round += 1) {
    const args = [child, folder.path, String(next)];
    const recording = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: recording.stdout })) {
      next = Number(line);
      if (next < round * 7) continue;
      recording.kill('SIGKILL');
      break;
    }
    if (recording.exitCode === null && recording.signalCode === null) await once(recording, 'exit');
  }
  await using store = await openTestStore(folder.path, { driver: 'node' });
  const turns = await store.memory.turns('thread');
  const said = turns.map(({ userText }) => userText);
  assert.equal(new Set(said).size, said.length, 'no turn twice');
  for (let n = 0; n <= next; n += 1) assert.ok(said.includes(`question ${n}`), `turn ${n} had its receipt`);
  assert.equal((await store.memory.thread('thread'))?.turnCount, turns.length);
  const recorder = new TurnRecorder({
    ...{ store, clock: systemClock, logger: pino({ level: 'silent' }), safety: noSafetyCheck, defaultRoute: 'voice' },
  });
  const again = await recorder.record(sampleTurn({ clientTurnId: 'turn-0', userText: 'question 0' }));
  assert.equal(again.turnCount, 1, 'the receipt of the first time');
  assert.equal((await store.memory.turns('thread')).length, turns.length);
});
