import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { promisify } from 'node:util';
import { muxCliPath, recordingFolder, sessionFileSchema } from '@parley/mux';
import { DiscordSim, type SimChannel, type SimPerson } from '@parley/sim';
import { BotProcess } from './bot-process.ts';
import { folderSize } from './folder-size.ts';
import { howToUseARealToken, Report } from './report.ts';
import { lines, type PersonKey, people } from './scenario.ts';
import { startTalkModel, talk, talkSettings } from './talk.ts';

export interface DemoOptions {
  /** End by itself instead of staying up until Ctrl-C. */
  readonly once: boolean;
  /** Where to write what the simulated people really sent, for judges. */
  readonly truthFile?: string;
}

const speechFolder = resolve(import.meta.dirname, '..', '..', 'test', 'fixtures', 'speech');

/**
 * The main job on the built-in simulated Discord: three people sit in a voice channel, one types `!join`, they talk, one types
 * `!leave`; then the mix, the tracks and what `parley-mux --verify` says of them.
 * @returns the exit code: 0 when all of it went well.
 */
export const runDemo = async ({ once, truthFile }: DemoOptions): Promise<number> => {
  const report = new Report();
  await using scope = new AsyncDisposableStack();
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const recordingsDir = resolve(process.env.PARLEY_RECORDINGS_DIR ?? 'recordings');
  const dataDir = resolve(process.env.PARLEY_DATA_DIR ?? 'data', 'demo');

  // Each simulated Discord is a new one: what a former one was told, and what was left half done in it, means nothing to it.
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true });
  report.say(
    'No DISCORD_TOKEN is set: starting the simulated Discord (real protocols, end-to-end encrypted) and the real bot.',
  );
  const model = once ? null : scope.use(await startTalkModel());
  const sim = scope.use(await DiscordSim.start({ dave: true, hearing: false }));
  const guild = sim.addGuild({ name: 'The Round Table' });
  const text = guild.addTextChannel('general');
  const voice = guild.addVoiceChannel('Table');
  const host = guild.addRole({ name: 'Host', permissions: ['ManageGuild'] });
  const persons = Object.fromEntries(
    Object.entries(people).map(([key, person]) => [
      key,
      guild.addPerson(key === 'ada' ? { ...person, roles: [host] } : person),
    ]),
  ) as Record<PersonKey, ReturnType<typeof guild.addPerson>>;

  const bot = scope.use(
    new BotProcess(
      {
        ...withoutSettings(process.env),
        ...sim.env(),
        PARLEY_RECORDINGS_DIR: recordingsDir,
        PARLEY_DATA_DIR: dataDir,
        PARLEY_HTTP_PORT: '0',
        ...(model === null ? {} : talkSettings(model)),
        ...(once ? {} : await offlineTranscription()),
      },
      dataDir,
    ),
  );
  try {
    await bot.waitForLine('ready', ({ msg }) => msg === 'ready', 60_000);
    report.say('Parley is online.');
    const showing = showMessages(sim, text, report);
    scope.defer(() => showing.abort());
    await Promise.all(Object.values(persons).map((person) => person.join(voice)));
    report.say('Ada, Ben and Cleo sit in the voice channel "Table". Ada types: !join');
    const started = bot.waitForLine('recording started', ({ msg }) => msg === 'recording started', 30_000);
    await persons.ada.type(text, '!join');
    const { recordingSessionId } = (await started) as unknown as { recordingSessionId: string };
    const folder = recordingFolder(recordingsDir, recordingSessionId);

    const progress = new AbortController();
    const following = followFiles(report, folder, progress.signal);
    const spoken = await Promise.all(
      lines.map(async ({ who, clip, atMs }) => {
        await after(atMs, undefined, { signal: interrupted.signal });
        report.say(`  ${people[who].displayName} speaks: "${await textOf(clip)}"`);
        const { startedAtUs, endedAtUs, packets } = await persons[who].speak({
          wav: join(speechFolder, `${clip}.wav`),
        });
        return { who, userId: persons[who].userId, clip, startedAtUs, endedAtUs, packets: packets.length };
      }),
    );
    await after(1_200, undefined, { signal: interrupted.signal });
    progress.abort();
    await following;
    report.say('Ada types: !leave');
    const mixed = text.waitFor((message) => message.attachments.some(({ filename }) => filename.endsWith('.ogg')), {
      timeoutMs: 60_000,
    });
    await persons.ada.type(text, '!leave');
    const message = await mixed;
    report.say(
      `The mix is there (${message.attachments.map(({ filename, bytes }) => `${filename}, ${kilobytes(bytes.length)}`).join('; ')}).`,
    );

    const session = sessionFileSchema.parse(JSON.parse(await readFile(join(folder, 'session.json'), 'utf8')));
    if (truthFile !== undefined) {
      await writeFile(truthFile, JSON.stringify({ folder, recordingSessionId, spoken }, null, 2));
    }
    const verified = await verify(folder);
    report.block(verified.words);
    report.block(
      [
        `status     ${session.status}, ${(Number(session.durationMs) / 1000).toFixed(1)} s, ${session.segments.length} segments`,
        `mix        ${join(folder, session.outputFile ?? '(none)')}`,
        ...session.participants.map(
          ({ displayName, userId }) => `${displayName.padEnd(10)} ${join(folder, 'tracks', `${userId}.ogg`)}`,
        ),
        `all of it  ${folder}`,
      ].join('\n'),
    );
    report.block(howToUseARealToken);
    if (!once && !interrupted.signal.aborted) {
      const page = await pageLink(persons.ada, text);
      if (model !== null) await talk({ bot, text, persons, model, report, signal: interrupted.signal });
      if (page !== null)
        report.block(`The page of the recording, as Ada sees it (open it within ten minutes):\n  ${page}`);
      report.block('The simulated Discord stays up. Ctrl-C ends it.');
      await new Promise<void>((end) => interrupted.signal.addEventListener('abort', () => end(), { once: true }));
    }
    return session.status === 'completed' && verified.ok ? 0 : 1;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    report.block(
      `The demo failed: ${(error as Error).message}\n\nThe bot's last words:\n${bot.tail.slice(-15).join('\n')}`,
    );
    return 1;
  }
};

/** Transcripts without a service, where a recognizer is installed; waiting for them is nobody's task. */
const offlineTranscription = async (): Promise<NodeJS.ProcessEnv> => {
  const isThere = await promisify(execFile)('pocketsphinx_continuous', ['-help'], { timeout: 5000 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  return isThere ? { PARLEY_TRANSCRIPTION_PROVIDER: 'pocketsphinx', PARLEY_TRANSCRIBE: 'true' } : {};
};

/** The link that somebody gets for themselves by `/parley web`; null where the pages are not served. */
const pageLink = async (person: SimPerson, channel: SimChannel): Promise<string | null> => {
  const { content } = await (await person.slash('parley web', { channel })).settled();
  return /https?:\/\/\S+\/sign-in\/[\w-]+/.exec(content)?.[0] ?? null;
};

/** A person's own settings (another prefix, no delivery) would change what the demo shows: it runs on the defaults. */
const withoutSettings = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('PARLEY_')));

/** Shows what the bot writes into the channel, edits too, as it happens; the signal of the returned controller ends it. */
const showMessages = (sim: DiscordSim, text: SimChannel, report: Report): AbortController => {
  const shown = new Map<string, string>();
  const ended = new AbortController();
  const look = (): boolean => {
    for (const message of text.messages) {
      if (message.author.id !== sim.botUserId || shown.get(message.id) === message.content) continue;
      shown.set(message.id, message.content);
      for (const line of message.content.split('\n')) report.say(`  Parley: ${line}`);
    }
    return ended.signal.aborted;
  };
  // Looks again after every event; it ends with the simulator, and then nobody waits for it.
  sim.until(look, { timeoutMs: 2 ** 31 - 1 }).catch(() => {});
  return ended;
};

const textOf = async (clip: string): Promise<string> => {
  const { clips } = JSON.parse(await readFile(join(speechFolder, 'speech.json'), 'utf8')) as {
    clips: { name: string; text: string }[];
  };
  return clips.find(({ name }) => name === clip)?.text ?? clip;
};

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;

/** Shows how the segments grow on disk while people talk. */
const followFiles = async (report: Report, folder: string, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const { files, bytes } = await folderSize(join(folder, 'segments'), '.ogg');
    report.live(`recording: ${files} segments, ${kilobytes(bytes)} on disk`);
    await after(500, undefined, { signal }).catch(() => {});
  }
  const { files, bytes } = await folderSize(join(folder, 'segments'), '.ogg');
  report.say(`Recorded so far: ${files} segments, ${kilobytes(bytes)} on disk.`);
};

const verify = async (folder: string): Promise<{ ok: boolean; words: string }> => {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [muxCliPath, folder, '--verify']);
    return { ok: true, words: stdout.trimEnd() };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { ok: false, words: `${stdout}${stderr}`.trimEnd() };
  }
};
