import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimPerson } from '@parley/sim';
import { toneDb } from '../lib/audio.ts';
import { BotOnSim, readSession, unbalanced } from '../lib/bot-on-sim.ts';
import { packetsOf, sidecarsOf } from '../lib/recording-files.ts';
import { startOpenAiRealtime } from '../providers/realtime/openai-realtime.ts';
import { tonePhrase } from '../providers/shared/phrases.ts';

/** The first answer and the second. */
const [long, short] = [
  { hz: 700, ms: 8000 },
  { hz: 1100, ms: 400 },
] as const;
const frame = { samples: 960, ms: 20 } as const;

/** Milliseconds of a tone that a person has heard of the bot: the clip at the start and the other answer are not in it. */
const heardMs = (person: SimPerson, botUserId: string, hz: number): number => {
  const pcm = person.heard.get(botUserId)?.pcm ?? new Int16Array();
  let frames = 0;
  for (let at = 0; at + frame.samples <= pcm.length; at += frame.samples) {
    if (toneDb(pcm.subarray(at, at + frame.samples), 48_000, hz) > -30) frames += 1;
  }
  return frames * frame.ms;
};

test('somebody asks, everybody hears the answer, somebody speaks over it, it stops where it was heard, and a tool is used', async () => {
  await using model = await startOpenAiRealtime({
    scenario: {
      answer: ({ number }) => {
        // What is said over the first answer asks for a note; the answer to that follows the tool.
        if (number === 2) return { kind: 'call', calls: [{ name: 'note', arguments: '{"text":"the dice fall"}' }] };
        const { hz, ms } = number === 1 ? long : short;
        return { kind: 'say', phrase: tonePhrase(hz, ms) };
      },
      hear: ({ number }) => (number === 1 ? 'parley tell me a story' : 'parley tell me another one'),
    },
  });
  await using call = await BotOnSim.start(
    { hearing: true },
    {
      PARLEY_RUNTIME_MODE: 'openai_realtime',
      PARLEY_OPENAI_BASE_URL: model.baseUrl,
      OPENAI_API_KEY: 'sk-test',
      PARLEY_AGENT_LOCAL_RECOGNIZER: 'off',
      PARLEY_WAKE_NAMES: 'Parley',
    },
  );
  const { sim, guild, voice, text } = call;
  const [ada, ben] = [guild.addPerson({ username: 'ada' }), guild.addPerson({ username: 'ben' })];
  await Promise.all([ada.join(voice), ben.join(voice)]);
  const folder = await call.join(ada);
  const said = () => text.messages.map(({ content }) => content).join('\n');
  assert.match(said(), /I listen and answer with the help of .*127\.0\.0\.1/, 'the notice names who hears');
  await sim.until(() => ada.canSend && ben.canSend, { what: 'keys' });

  await ada.speak({ tone: 300, ms: 900 });
  const answer = () => heardMs(ben, sim.botUserId, long.hz);
  await sim.until(() => answer() >= 1000, { what: 'a second of the answer' });
  await ada.speak({ tone: 300, ms: 1400 });
  const cut = () => model.latest.received.find(({ type }) => type === 'conversation.item.truncate');
  await sim.until(() => cut() !== undefined, { what: 'the answer is cut off at the model' });
  await sim.until(() => heardMs(ben, sim.botUserId, short.hz) >= short.ms - 3 * frame.ms, { what: 'the next answer' });

  const told = Number(cut()?.audio_end_ms);
  // What Ben's ears have is in frames; the first and the last of them fade.
  assert.ok(Math.abs(answer() - told) <= 40 + frame.ms, `${answer()} ms were heard, ${told} ms were told`);
  assert.ok(told < long.ms - 1000, `${told} ms: it stopped long before its end`);
  assert.deepEqual(model.complaints, []);

  const ended = call.muxed();
  await ada.type(text, '!leave');
  await ended;
  const session = await readSession(folder);
  assert.equal(session.status, 'completed');
  assert.deepEqual(
    session.markers.map(({ userId, text: words }) => [userId, words]),
    [[ada.userId, 'the dice fall']],
    'a tool did what Ada asked for, in her name',
  );
  const sidecars = await sidecarsOf(folder, ada.userId);
  assert.deepEqual(unbalanced(sidecars), []);
  const stored = (await packetsOf(folder, ada.userId)).length;
  assert.ok(stored >= ada.truth.length, `${stored} packets of ${ada.truth.length} that Ada sent`);
  const errors = call.lines.filter(({ level }) => Number(level) >= 50);
  assert.deepEqual(errors, [], 'nothing went wrong');
});
