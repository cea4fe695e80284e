import { join, resolve } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { SimChannel, SimPerson } from '@parley/sim';
import { startOpenAiRealtime } from '../../test/providers/realtime/openai-realtime.ts';
import { phraseIn } from '../../test/providers/shared/phrases.ts';
import type { BotProcess } from './bot-process.ts';
import type { Report } from './report.ts';
import { type PersonKey, people } from './scenario.ts';

const folder = resolve(import.meta.dirname, '..', '..', 'test', 'fixtures', 'talk');
const file = (name: string): string => join(folder, `${name}.wav`);

/** What the people say to the bot. */
const said = [
  { who: 'ada', clip: 'called', text: 'Hello Parley, what time is it?' },
  { who: 'ben', clip: 'over', text: 'Parley, wait a minute, what about the weather?' },
] as const satisfies readonly { who: PersonKey; clip: string; text: string }[];

/** What the simulated model answers. */
const answers = [
  {
    clip: 'answer',
    text: 'It is ten o’clock. That reminds me of a story. Once upon a time there was a bird who could not sleep, because the moon was so bright that it counted its own feathers all night long.',
  },
  { clip: 'rain', text: 'It rains, and it will go on for a while.' },
] as const;
const phrases = answers.map(({ clip, text }) => phraseIn(file(clip), clip, text));

type TalkModel = Awaited<ReturnType<typeof startOpenAiRealtime>>;

/** A simulated realtime model: it understands the first thing said to it as Ada's words, and answers with speech. */
export const startTalkModel = (): Promise<TalkModel> =>
  startOpenAiRealtime({
    key: 'sk-demo',
    scenario: {
      answer: ({ number }) => {
        const phrase = phrases[Math.min(number, phrases.length) - 1];
        return phrase === undefined ? { kind: 'nothing' } : { kind: 'say', phrase };
      },
      hear: ({ number }) => said[Math.min(number, said.length) - 1]?.text ?? '',
    },
  });

/** Settings by which the bot reaches that model. */
export const talkSettings = (model: TalkModel): NodeJS.ProcessEnv => ({
  OPENAI_API_KEY: 'sk-demo',
  PARLEY_OPENAI_BASE_URL: model.baseUrl,
});

export interface TalkOptions {
  readonly bot: BotProcess;
  readonly text: SimChannel;
  readonly persons: Readonly<Record<PersonKey, SimPerson>>;
  readonly model: TalkModel;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** The bot with a voice: Ada asks it something, it answers aloud, Ben speaks over it, and it stops. */
export const talk = async ({ bot, text, persons, model, report, signal }: TalkOptions): Promise<void> => {
  const { ada } = persons;
  report.block('And now with a (simulated) realtime model that listens and answers:');
  await ada.type(text, '!settings set runtimeMode openai_realtime');
  await after(500, undefined, { signal });
  report.say('Ada types: !join');
  const live = bot.waitForLine('session started', ({ msg }) => msg === 'session started', 30_000);
  await ada.type(text, '!join');
  await live;
  // The clip that says aloud that a recording begins is let to its end.
  await after(3_500, undefined, { signal });

  const [question, objection] = said;
  const asked = () => model.latest.types.filter((type) => type === 'response.create').length;
  const speak = async ({ who, clip, text: words }: (typeof said)[number]): Promise<void> => {
    report.say(`  ${people[who].displayName}: "${words}"`);
    await persons[who].speak({ wav: file(clip) });
  };
  await speak(question);
  await until(() => asked() >= 1, signal);
  report.say(`  Parley begins: "${answers[0].text}"`);
  await after(4_000, undefined, { signal });
  await speak(objection);
  const cut = () => model.latest.received.find(({ type }) => type === 'conversation.item.truncate');
  await until(() => cut() !== undefined, signal);
  const heardSeconds = Number(cut()?.audio_end_ms) / 1000;
  report.say(
    `  Parley was spoken over and stopped: ${heardSeconds.toFixed(2)} s of its answer were heard, and the model knows it.`,
  );
  await until(() => asked() >= 2, signal);
  report.say(`  Parley: "${answers[1].text}"`);
  await after(3_000, undefined, { signal });
  report.say('Ada types: !leave');
  const ended = bot.waitForLine('session ended', ({ msg }) => msg === 'session ended', 30_000);
  await ada.type(text, '!leave');
  await ended;
  await ada.type(text, '!settings reset runtimeMode');
};

/** Looks again until it is so; nobody waits longer than 30 s. */
const until = async (isSo: () => boolean, signal: AbortSignal): Promise<void> => {
  for (let tries = 0; !isSo(); tries += 1) {
    if (tries > 600) throw new Error('the bot did not do what it does here');
    await after(50, undefined, { signal });
  }
};
