import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import type { SimPerson } from '@parley/sim';
import { decode, levelDb } from '../lib/audio.ts';
import { BotOnSim, readSession } from '../lib/bot-on-sim.ts';
import { need } from '../lib/need.ts';
import { filesBelow, packetsIn, parleyMux, recordedUsers } from '../lib/recording-files.ts';
import { noise } from '../lib/sounds.ts';
import { eventually, gone, patienceMs, stopBot, told } from '../lib/watching.ts';

const rate = 16_000;

/** Every column of text in the database in which something stands, but for decisions. */
const inDatabase = (file: string, needle: string): string[] => {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return tables.flatMap(({ name }) => {
      if (name === 'consents') return [];
      const rows = db.prepare(`SELECT * FROM "${name}"`).all();
      return rows.flatMap((row) =>
        Object.entries(row).flatMap(([column, value]) => (String(value).includes(needle) ? [`${name}.${column}`] : [])),
      );
    });
  } finally {
    db.close();
  }
};

/** Where something of a person is left: their names anywhere, their id where it is not a decision of theirs. */
const traces = async (call: BotOnSim, person: SimPerson, displayName: string): Promise<string[]> => {
  const found: string[] = [];
  for (const path of await filesBelow(call.folder)) {
    const bytes = readFileSync(path);
    for (const name of [person.username, displayName]) if (bytes.includes(name)) found.push(`"${name}" in ${path}`);
    const isDatabase = basename(path).startsWith('parley.db');
    const text = isDatabase ? '' : bytes.toString('latin1');
    const lines = text.replaceAll(/"consents": \[[^\]]*\]/g, '').split('\n');
    const isDecision = (line: string) => line.includes('"type":"consent"') || path.endsWith('consents.jsonl');
    const named = lines.find((line) => line.includes(person.userId) && !isDecision(line));
    if (named !== undefined || path.includes(person.userId)) found.push(`id in ${path}: ${named?.slice(0, 200)}`);
  }
  const columns = inDatabase(join(call.dataDir, 'parley.db'), person.userId);
  return [...found, ...columns.map((column) => `id in ${column}`)];
};

const spoken = ({ truth }: SimPerson): Buffer[] =>
  truth.filter(({ toBot, silence, opus }) => toBot.length > 0 && !silence && opus.length > 40).map(({ opus }) => opus);

test(
  'who has everything of theirs deleted is in no file, database, log or message any more; the others keep their recordings',
  need('ffmpeg'),
  async (t) => {
    await using call = await BotOnSim.start(
      {},
      ({ folder }) => ({ PARLEY_LOG_FILE: join(folder, 'logs', 'parley.log') }) as Record<string, string>,
      { untouched: true },
    );
    const displayName = 'Benjamin Disraeli';
    const ada = call.guild.addPerson({ username: 'ada' });
    const ben = call.guild.addPerson({ username: 'ben_the_second_1804', displayName });
    await Promise.all([ada.join(call.voice), ben.join(call.voice)]);
    const first = await call.join(ada);
    await ben.speak(noise(1000, 1));
    await ada.speak(noise(1000, 2));
    let muxed = call.muxed();
    await ada.type(call.text, '!leave');
    await muxed;
    await gone(call);
    const withFile = () => call.text.messages.filter(({ attachments, deleted }) => attachments.length > 0 && !deleted);
    await call.sim.until(() => withFile().length === 1, { timeoutMs: patienceMs, what: 'the mix to be posted' });
    const posted = withFile()[0];

    const running = await call.join(ada);
    await ben.speak(noise(800, 3));
    await eventually(async () => {
      assert.ok((await recordedUsers(running)).includes(ben.userId));
      const written = (await packetsIn(await filesBelow(call.folder), spoken(ben))).length;
      assert.ok(written > 80, `${written} packets`);
    });
    assert.ok((await traces(call, ben, displayName)).length > 10);

    const stranger = await (await ada.slash('parley forget-me', { options: { person: ben } })).settled();
    assert.match(stranger.content, /Only a person with \*\*Manage Server\*\*/);
    await ben.type(call.text, '!forget-me');
    const button = await told(call, new RegExp(`^<@${ben.userId}>, this concerns you alone`));
    const question = await ben.click(button, 'Show it to me');
    assert.ok(question.ephemeral);
    assert.match(question.content, /^\*\*Delete everything of you on this server\?\*\*\n.*2 recordings with you in it/);
    assert.match(question.content, /1 message of mine that holds the voice.*\n.*A recording runs now/);
    assert.match(question.content, /What I cannot reach: files other people have downloaded.*Discord’s caches/);
    assert.ok(question.message);
    const from = call.text.messages.length;
    muxed = call.muxed();
    const answer = await ben.click(question.message, 'Delete everything');
    const said = () => [answer.content, question.message?.content, answer.message?.content].join('\n');
    const deleted = /Deleted, everything of you: 2 recordings, 1 message\..*1 recording still runs/;
    await call.sim.until(() => deleted.test(said()), { timeoutMs: patienceMs, what: () => `an answer; ${said()}` });
    assert.equal(posted?.deleted, true, 'the mix with the voice is taken back');
    await muxed;
    await told(call, /this is the recording without them/, { from });
    await call.sim.until(() => withFile().length === 1, { timeoutMs: patienceMs, what: 'the mix to be posted anew' });

    const session = await readSession(first);
    assert.deepEqual(
      session.participants.map(({ userId }) => userId),
      [ada.userId],
    );
    const mix = await decode(recordingLayout(first).mix, rate);
    const [adas] = session.segments;
    const adaFrom = Math.round(((adas?.startSample ?? 0) / 48_000) * rate);
    assert.ok(levelDb(mix.slice(0, adaFrom - rate / 50)) < -70, 'the voice is not in the mix');
    assert.ok(levelDb(mix.slice(adaFrom, adaFrom + rate / 2)) > -40, 'the others are');

    // What is said now is nobody's but hers, and what is noted of his leaving goes with the mixer.
    const before = spoken(ben).length;
    await Promise.all([ben.speak(noise(400, 4)), ada.speak(noise(400, 5))]);
    assert.ok(spoken(ben).length > before);
    await ben.leave();
    muxed = call.muxed();
    await ada.type(call.text, '!leave');
    await muxed;
    await call.logged('a person was erased');
    await gone(call);
    assert.deepEqual(await recordedUsers(running), [ada.userId]);
    call.guild.remove();
    await call.logged('a guild removed the bot; what is kept of it goes after 7 days');
    assert.equal((await stopBot(call)).code, 0);

    const everything = await filesBelow(call.folder);
    t.diagnostic(`${spoken(ben).length} packets looked for in ${everything.length} files`);
    assert.deepEqual(await traces(call, ben, displayName), []);
    assert.deepEqual(await packetsIn(everything, spoken(ben)), []);
    assert.ok((await packetsIn(everything, spoken(ada))).length > 50);
    for (const folder of [first, running]) {
      const verified = await parleyMux(folder, '--verify');
      assert.equal(verified.exitCode, 0, verified.stdout);
    }
    for (const folder of [call.recordingsDir, call.dataDir, join(call.folder, 'logs')]) {
      assert.equal((await stat(folder)).mode & 0o777, 0o700, folder);
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        // Node keeps its compiled code as it likes, in a folder nobody else may enter.
        if (path.includes(join('compile-cache', ''))) continue;
        assert.equal((await stat(path)).mode & 0o777, entry.isDirectory() ? 0o700 : 0o600, path);
      }
    }
  },
);
