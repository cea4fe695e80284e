/** What tests look at from outside while the bot runs on the simulator. Every wait is for an event, with patience for a busy machine. */
import { AssertionError } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { SimMessage } from '@parley/sim';
import type { BotOnSim } from './bot-on-sim.ts';

/** How long a test waits for what takes moments on a machine with nothing else to do, milliseconds. */
export const patienceMs = 30_000;

/** Resolves with the first message of the bot in a channel that fits, also one said before; number `from` is the first to count. */
export const told = async (
  call: BotOnSim,
  words: RegExp,
  { channel = call.text, from = 0 } = {},
): Promise<SimMessage> => {
  const said = () => channel.messages.slice(from).filter(({ author }) => author.id === call.sim.botUserId);
  const what = () =>
    `${words} in #${channel.name}; there: ${JSON.stringify(said().map(({ content }) => content))}; log: ${lastWords(call)}`;
  return await call.sim.until(() => said().find(({ content, deleted }) => !deleted && words.test(content)), {
    timeoutMs: patienceMs,
    what,
  });
};

/** The end of the bot's log, for the message of a wait in vain. */
const lastWords = ({ lines }: BotOnSim): string =>
  lines
    .slice(-15)
    .map((line) => `\n${JSON.stringify(line)}`)
    .join('');

/** Asks again and again, every 50 ms, until what is asked holds without an assertion failing; rejects with the last that did. */
export const eventually = async <T>(ask: () => T | Promise<T>): Promise<T> => {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AssertionError) || performance.now() > deadline) throw error;
    }
    await setTimeout(50);
  }
};

/** Resolves when the bot is in no voice channel of the guild and its nickname is what it was before. */
export const gone = async (call: BotOnSim, guild = call.guild, nickname: string | null = null): Promise<void> => {
  const { sim } = call;
  const away = { timeoutMs: patienceMs, what: 'the bot to leave the voice channel' };
  await sim.until(() => !guild.voiceStates.has(sim.botUserId), away);
  const bare = { timeoutMs: patienceMs, what: () => `the nickname to be restored; it is ${guild.botMember.nickname}` };
  await sim.until(() => guild.botMember.nickname === nickname, bare);
};

/** Asks the bot to end, as a service manager does, and waits until it is gone. Resolves with how, and how long it took. */
export const stopBot = async ({ bot }: BotOnSim): Promise<{ code: number | null; ms: number }> => {
  const startedAt = performance.now();
  bot.kill('SIGTERM');
  const { code } = await bot.exited;
  return { code, ms: performance.now() - startedAt };
};

/** Process ids of what the bot started and what still runs. */
export const children = ({ bot }: BotOnSim): number[] => {
  const text = readFileSync(`/proc/${bot.pid}/task/${bot.pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
};

/** Folders of all recordings, by name. */
export const recordings = async ({ recordingsDir }: BotOnSim): Promise<string[]> => {
  const sessions = join(recordingsDir, 'sessions');
  const names = await readdir(sessions).catch(() => []);
  return names.toSorted().map((name) => join(sessions, name));
};

/** Asks the bot's HTTP server. */
export const fetchFrom = async ({ lines }: BotOnSim, path: string): Promise<Response> =>
  await fetch(new URL(path, String(lines.findLast(({ msg }) => msg === 'HTTP server listens')?.url)));
