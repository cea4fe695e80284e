import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { test } from 'node:test';
import type { ApiTranscript } from '@parley/protocol/api';
import type { SimPerson } from '@parley/sim';
import { commandPath } from '../../scripts/lib/judges.ts';
import { BotOnSim } from '../lib/bot-on-sim.ts';
import { eventually, told } from '../lib/watching.ts';
import { OpenAiServer } from '../providers/openai-server.ts';

const clip = resolve(import.meta.dirname, '..', 'fixtures', 'speech', 'ada-1.wav');
/** What is said in the clip, among other words, and recognized by whoever is asked. */
const word = 'castle';

/** pocketsphinx where it is installed, else a service that hears what is said. */
const recognizer = async (scope: AsyncDisposableStack): Promise<Record<string, string>> => {
  if (commandPath('pocketsphinx_continuous') !== null) return { PARLEY_TRANSCRIPTION_PROVIDER: 'pocketsphinx' };
  const server = scope.use(await OpenAiServer.start({ hear: () => 'good evening everybody the old castle' }));
  return {
    ...{ PARLEY_TRANSCRIPTION_PROVIDER: 'openai', OPENAI_API_KEY: 'sk-test' },
    PARLEY_TRANSCRIPTION_BASE_URL: server.baseUrl,
  };
};

/** Signs somebody in by the link they get, as a browser does. @returns what reads the interface as them */
const pagesOf = async (person: SimPerson): Promise<(path: string) => Promise<Response>> => {
  const { content } = await (await person.slash('parley web')).settled();
  const link = /https?:\/\/\S+\/sign-in\/[\w-]+/.exec(content)?.[0] ?? assert.fail(content);
  const { origin } = new URL(link);
  const signedIn = await fetch(link, { method: 'POST', redirect: 'manual', headers: { origin } });
  assert.equal(signedIn.status, 303);
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return (path) => fetch(`${origin}${path}`, { headers: { cookie } });
};

test('what is said in a call is transcribed afterwards, found by who was there, on the page, and withdrawn on a no', async () => {
  await using scope = new AsyncDisposableStack();
  const call = scope.use(await BotOnSim.start({}, { ...(await recognizer(scope)), PARLEY_TRANSCRIBE: 'true' }));
  const ada = call.guild.addPerson({ username: 'ada' });
  const stranger = call.guild.addPerson({ username: 'stranger' });
  await ada.join(call.voice);
  const id = basename(await call.join(ada));
  await ada.speak({ wav: clip });
  await ada.type(call.text, '!leave');
  await call.logged('transcription finished');
  await told(call, /^The transcript is there: /);

  const search = async (person: SimPerson): Promise<string> =>
    (await (await person.slash('parley search', { options: { words: word } })).settled()).content;
  assert.match(await search(ada), new RegExp(`\\[?0:0\\d\\]?.*<@${ada.userId}>: .*${word}`, 's'));
  assert.match(await search(stranger), /^Nobody said/);

  const [adas, others] = [await pagesOf(ada), await pagesOf(stranger)];
  const transcript = `/api/recordings/${id}/transcript`;
  const spoken = async () => (await (await adas(transcript)).json()) as ApiTranscript;
  const { status, segments } = await spoken();
  assert.equal(status, 'done');
  const said = segments.find(({ text }) => text.includes(word)) ?? assert.fail(JSON.stringify(segments));
  assert.equal(said.userId, ada.userId);
  const found = (await (await adas(`/api/search?q=${word}`)).json()) as {
    hits: { recordingId: string; excerpt: string }[];
  };
  assert.deepEqual(
    found.hits.map(({ recordingId, excerpt }) => [recordingId, excerpt.includes(`‹${word}›`)]),
    [[id, true]],
  );
  assert.deepEqual([(await others(transcript)).status, (await others(`/api/recordings/${id}`)).status], [404, 404]);

  await (await ada.slash('parley optout', { options: { what: 'transcribed' } })).settled();
  assert.match(await search(ada), /^Nobody said/, 'a no counts before it is confirmed');
  await eventually(async () => assert.deepEqual((await spoken()).segments, []));
  await call.logged('words were withdrawn from a transcript');
  const texts = await Promise.all(
    ['transcript.json', 'transcript.md', 'summary.json'].map((name) =>
      readFile(join(call.recordingsDir, 'sessions', id, name), 'utf8'),
    ),
  );
  assert.ok(!texts.some((text) => text.includes(word)));
});
