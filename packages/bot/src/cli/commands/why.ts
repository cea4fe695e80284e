import { turnStageOrder, turnStages } from '../../agent/observe/turn-stage.ts';
import { addressReasons, bargeInVerdicts, type EndpointReason, ignoreReasons } from '../../agent/turns/index.ts';
import type { Store } from '../../store/index.ts';
import type { AgentLogRow } from '../../store/rows.ts';
import { type CliCommand, exitCodes, textOption, UsageError } from '../command.ts';
import { openInstallation } from '../open-installation.ts';

const usualSeconds = 30;

const endpointReasons = {
  silence: 'nobody spoke for as long as is waited',
  client_silence: 'the person’s client said that they had stopped',
  complete_words: 'what was said is a complete sentence',
  turn_model: 'the turn model thought that the person had finished',
  max_length: 'it was as long as a capture may be',
} as const satisfies Record<EndpointReason, string>;

/** What a verdict means, by what it is about. */
const meanings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  address: { ...addressReasons, ...ignoreReasons },
  barge_in: bargeInVerdicts,
  endpoint: endpointReasons,
};

/** `1:02:03`, `12:30` or `45`: a time of the session, in milliseconds; null: it is something else. */
const offsetMs = (text: string): number | null => {
  if (!/^(?:\d+:)?(?:\d+:)?\d+(?:\.\d+)?$/.test(text)) return null;
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
};

/** A time of the session, or of the day with its date. @throws UsageError */
const timeOf = (text: string, startedAt: number): number => {
  const offset = offsetMs(text);
  if (offset !== null) return startedAt + offset;
  const at = Date.parse(text);
  if (Number.isNaN(at)) {
    throw new UsageError(`${text} is no time: it is 12:30 of the session, or 2027-01-20T20:15:00Z`);
  }
  return at;
};

/** A session by its id, or by that of one of its recordings. */
const sessionIdOf = async (store: Pick<Store, 'sessions' | 'recordings'>, id: string): Promise<string | null> => {
  if (await store.sessions.get(id)) return id;
  return (await store.recordings.get(id))?.sessionId ?? null;
};

const field = (data: unknown, name: string): unknown =>
  typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;

const stagesOf = (data: unknown): string => {
  const stages = field(data, 'stages');
  const told = turnStageOrder.flatMap((stage) => {
    const ms = field(stages, stage);
    return typeof ms === 'number' ? [`      ${String(ms).padStart(6)} ms  ${turnStages[stage]}`] : [];
  });
  const silence = field(data, 'leadingSilenceMs');
  return [
    ...told,
    ...(typeof silence === 'number' ? [`      ${String(silence).padStart(6)} ms  of silence before it left out`] : []),
  ].join('\n');
};

const wordsOf = ({ kind, userId, data }: AgentLogRow): string => {
  const who = userId === null ? 'nobody' : `<@${userId}>`;
  if (kind === 'decision') {
    const verdict = String(field(data, 'verdict'));
    const about = String(field(data, 'about'));
    return `${about.padEnd(9)} ${verdict} (${who}): ${meanings[about]?.[verdict] ?? 'as it says'}`;
  }
  if (kind === 'turn') {
    const heard = Number(field(data, 'heardMs'));
    return `answer    ${String(field(data, 'outcome'))}, ${heard} ms of it heard, to ${who}\n${stagesOf(data)}`;
  }
  const reason = field(data, 'reason');
  return `agent     ${String(field(data, 'state'))}${typeof reason === 'string' ? ` (${reason})` : ''}`;
};

/** What the agent decided around a time, and how long its answers took. */
export const why: CliCommand = {
  name: 'why',
  summary: 'tells what the agent decided around a time, and where the time of its answers went',
  usage: `parley why SESSION TIME [--around SECONDS]
  SESSION           id of a session or of one of its recordings
  TIME              a time of the session (12:30, 1:02:03), or of the day (2027-01-20T20:15:00Z)
  --around SECONDS  how far to look on both sides; ${usualSeconds} by default
What was said is not kept: only what was decided about it. Works beside a running Parley.`,
  options: { around: { type: 'string' } },
  words: [2, 2],
  run: async (args, context) => {
    const [id = '', time = ''] = args.positionals;
    const around = Number(textOption(args, 'around') ?? usualSeconds);
    if (!(around > 0 && around <= 3600)) throw new UsageError('--around takes 1 to 3600 seconds');
    await using opened = await openInstallation(context, { besideRunning: true });
    const { store } = opened;
    const sessionId = await sessionIdOf(store, id);
    const session = sessionId === null ? null : await store.sessions.get(sessionId);
    if (session === null || sessionId === null) {
      context.err(`parley why: there is no session ${id}; \`!sessions\` and the library name them`);
      return exitCodes.failed;
    }
    const at = timeOf(time, session.startedAt);
    const rows = await store.agentLog.between(sessionId, at - around * 1000, at + around * 1000);
    const lines = rows.map((row) => {
      const seconds = (row.at - session.startedAt) / 1000;
      return `${seconds.toFixed(3).padStart(10)} s  ${wordsOf(row)}`;
    });
    await context.out(lines.length === 0 ? 'the agent decided nothing then\n' : `${lines.join('\n')}\n`);
    return exitCodes.done;
  },
};
