import { readdir, readFile } from 'node:fs/promises';
import { BotOnSim } from '../../lib/bot-on-sim.ts';
import { startOpenAiRealtime } from '../../providers/realtime/openai-realtime.ts';
import { tonePhrase } from '../../providers/shared/phrases.ts';
import { agentEnvironment } from './bot-with-model.ts';

export interface Crowd {
  readonly sessions: number;
  /** Worst 99th percentile of how late a frame left, over all sessions, ms. */
  readonly latenessP99Ms: number;
  /** Audio the people heard of their bots, of what was said, 0 to 1: the worst. */
  readonly heardShare: number;
  readonly underruns: number;
  /** CPU seconds a second of the bot with all its audio processes, while all of them speak. */
  readonly cpuPerSecond: number;
}

const seriesOf = (metrics: string, name: string): number =>
  metrics
    .split('\n')
    .filter((line) => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);

/** CPU seconds of a process and of its children that live, from procfs. */
const cpuOf = async (pid: number): Promise<number> => {
  const statOf = async (id: string): Promise<{ parent: number; seconds: number } | null> => {
    try {
      const fields = (await readFile(`/proc/${id}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
      return { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / 100 };
    } catch {
      return null;
    }
  };
  let seconds = 0;
  for (const id of await readdir('/proc')) {
    if (!/^\d+$/.test(id)) continue;
    const stat = await statOf(id);
    if (stat && (Number(id) === pid || stat.parent === pid)) seconds += stat.seconds;
  }
  return seconds;
};

/**
 * So many sessions, each with a person who has asked and a bot that speaks for `seconds`, all at once.
 * @param preload a module the supervisor loads before it starts; its audio processes do not
 */
export const crowd = async (sessions: number, seconds: number, preload: string | null): Promise<Crowd> => {
  const tone = tonePhrase(700, seconds * 1000);
  await using model = await startOpenAiRealtime({
    scenario: { answer: () => ({ kind: 'say', phrase: tone }), hear: () => 'tell me a long story please', speed: 4 },
  });
  await using call = await BotOnSim.start(
    { hearing: true },
    {
      ...agentEnvironment(model),
      PARLEY_MAX_CONCURRENT_SESSIONS: String(Math.min(64, sessions + 1)),
      PARLEY_MAX_SESSIONS_PER_DAY: '0',
      ...(preload === null ? {} : { NODE_OPTIONS: `--import=${preload}` }),
    },
  );
  const { sim } = call;
  const rooms = Array.from({ length: sessions }, (_, at) => {
    const guild = sim.addGuild({ name: `Guild ${at}` });
    const [text, voice] = [guild.addTextChannel('general'), guild.addVoiceChannel('Table')];
    return { person: guild.addPerson({ username: `person${at}` }), text, voice };
  });
  for (const [at, { person, text, voice }] of rooms.entries()) {
    await person.join(voice);
    await person.type(text, '!join');
    await call.logged('recording started', { count: at + 1 });
  }
  await sim.until(() => rooms.every(({ person }) => person.canSend), { what: 'keys', timeoutMs: 60_000 });
  const pid = call.bot.pid;
  await Promise.all(rooms.map(({ person }) => person.speak({ tone: 300, ms: 1200 })));
  const heardMs = (at: number): number => (rooms[at]?.person.heard.get(sim.botUserId)?.packets ?? 0) * 20;
  const before = rooms.map((_, at) => heardMs(at));
  const [from, cpuFrom] = [performance.now(), await cpuOf(pid)];
  await sim.until(() => rooms.every((_, at) => heardMs(at) - (before[at] ?? 0) >= seconds * 800), {
    what: 'most of every answer is heard',
    timeoutMs: seconds * 4000,
  });
  const took = (performance.now() - from) / 1000;
  const cpu = (await cpuOf(pid)) - cpuFrom;
  const [ready] = await call.logged('ready');
  const metrics = await (await fetch(`${String(ready?.url)}/metrics`)).text();
  const played = await Promise.all(rooms.map(async (_, at) => heardMs(at) - (before[at] ?? 0)));
  return {
    sessions,
    latenessP99Ms: seriesOf(metrics, 'parley_playout_lateness_seconds') * 1000,
    heardShare: Math.min(1, ...played.map((ms) => ms / (Math.min(seconds, took) * 1000))),
    underruns: seriesOf(metrics, 'parley_playout_troubles_total'),
    cpuPerSecond: cpu / took,
  };
};
