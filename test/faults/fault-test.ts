import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Hole, recordingLayout, type SessionFile, verifyRecording } from '@parley/mux';
import { decode, opusinfoComplaints } from '../lib/audio.ts';
import { BotOnSim, readSession, unbalanced } from '../lib/bot-on-sim.ts';
import { need } from '../lib/need.ts';
import { processesWith } from './processes.ts';

type StartOptions = NonNullable<Parameters<typeof BotOnSim.start>[0]>;
type BotEnvironment = NonNullable<Parameters<typeof BotOnSim.start>[1]>;

/** How long everything a bot started may take to be gone after it, milliseconds. */
const goneWithinMs = 15_000;

export interface FaultTestOptions {
  readonly sim?: StartOptions;
  readonly env?: BotEnvironment;
  /** Why it cannot run on this machine. */
  readonly skip?: string | undefined;
}

/**
 * A test on the real bot and the simulated Discord that breaks something. Whatever it breaks, no process the bot started may be left
 * at its end. When it fails, the last lines of the bot's log are shown.
 */
export const faultTest = (
  name: string,
  { sim = {}, env = {}, skip }: FaultTestOptions,
  body: (call: BotOnSim, t: TestContext) => Promise<void>,
): void => {
  const noProc = existsSync('/proc/self/environ') ? undefined : 'processes are looked for in /proc';
  const reason = skip ?? noProc ?? need('opusinfo', 'ffmpeg').skip;
  test(name, reason === undefined ? {} : { skip: reason }, async (t) => {
    const call = await BotOnSim.start(sim, env);
    try {
      await body(call, t);
    } catch (error) {
      for (const line of call.lines.slice(-60)) t.diagnostic(JSON.stringify(line).slice(0, 600));
      throw error;
    } finally {
      await call[Symbol.asyncDispose]();
    }
    await processesGone(call.folder);
  });
};

/** Resolves when no process with `mark` is left; @throws when one still is after a while. */
export const processesGone = async (mark: string): Promise<void> => {
  const deadline = performance.now() + goneWithinMs;
  for (;;) {
    const left = await processesWith(mark);
    if (left.length === 0) return;
    assert.ok(performance.now() < deadline, `still there: ${left.map(({ command }) => command).join('; ')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** What every finished recording must hold: opusinfo and our own checks find nothing, the mix is as long as the recording. */
export const sound = async (t: TestContext, folder: string): Promise<SessionFile> => {
  const session = await readSession(folder);
  assert.equal(session.status, 'completed', JSON.stringify(session.skipped));
  assert.deepEqual(session.skipped, []);
  assert.deepEqual(unbalanced(session.segments), []);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ogg'));
  for (const file of files) assert.deepEqual(await opusinfoComplaints(join(folder, file)), [], file);
  const { checks } = await verifyRecording(folder);
  assert.deepEqual(
    checks.filter(({ ok }) => !ok),
    [],
  );
  const mixMs = (await decode(recordingLayout(folder).mix, 8000)).length / 8;
  assert.ok(Math.abs(mixMs - Number(session.durationMs)) <= 20, `mix ${mixMs} ms, recording ${session.durationMs} ms`);
  t.diagnostic(
    `${(Number(session.durationMs) / 1000).toFixed(1)} s, ${session.segments.length} segments, ${files.length} files readable, ${checks.length} checks; holes: ${inWords(session.holes)}`,
  );
  return session;
};

/** Holes as `reason from–to s`. */
export const inWords = (holes: readonly Hole[]): string => {
  const words = holes.map(
    ({ reason, fromSample, toSample }) =>
      `${reason} ${(fromSample / 48_000).toFixed(2)}–${(toSample / 48_000).toFixed(2)} s`,
  );
  return words.join(', ') || 'none';
};
