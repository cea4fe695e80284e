import type { SimPerson } from '@parley/sim';
import { toneDb } from '../../lib/audio.ts';
import { BotOnSim } from '../../lib/bot-on-sim.ts';
import { noise } from '../../lib/sounds.ts';
import { startOpenAiRealtime } from '../../providers/realtime/openai-realtime.ts';
import type { Connection } from '../../providers/shared/connection.ts';
import { tonePhrase } from '../../providers/shared/phrases.ts';
import { agentEnvironment, turnsOf } from './bot-with-model.ts';

const frame = { samples: 960, ms: 20 } as const;
/** Samples a second of what the model is given. */
const modelRate = 24_000;
/** A long answer, which is spoken over, and a short one to what was said over it. */
const answers = [
  { hz: 700, ms: 6000 },
  { hz: 1100, ms: 400 },
] as const;

/** What of one round was measured, ms. */
export interface Round {
  /** From the packet that opens the gate to the model's socket. */
  readonly toSocketMs: number;
  /** What was told to be heard minus what was. */
  readonly truncationMs: number;
}

export interface Conversation {
  readonly rounds: readonly Round[];
  /** From the provider's first audio to the first packet, as the agent keeps it of each turn, ms. */
  readonly toPacketMs: readonly number[];
  /** From the end of speech to the first packet, without the model's own time (it answers at once), ms. */
  readonly ownShareMs: readonly number[];
}

const heardMs = (person: SimPerson, botUserId: string, hz: number): number => {
  const pcm = person.heard.get(botUserId)?.pcm ?? new Int16Array();
  let frames = 0;
  for (let at = 0; at + frame.samples <= pcm.length; at += frame.samples) {
    if (toneDb(pcm.subarray(at, at + frame.samples), 48_000, hz) > -30) frames += 1;
  }
  return frames * frame.ms;
};

/** One person asks, hears a second of the answer, and speaks over it; it is cut off, and they are answered again. All in real time. */
export const converse = async (rounds: number): Promise<Conversation> => {
  await using model = await startOpenAiRealtime({
    scenario: {
      answer: ({ number }) => {
        const { hz, ms } = answers[(number - 1) % 2 === 0 ? 0 : 1];
        return { kind: 'say', phrase: tonePhrase(hz, ms) };
      },
      hear: () => 'what comes next in this story',
      speed: 8,
    },
  });
  await using call = await BotOnSim.start({ hearing: true }, agentEnvironment(model));
  const { sim, guild, voice, text } = call;
  const ada = guild.addPerson({ username: 'ada' });
  await ada.join(voice);
  await call.join(ada);
  await sim.until(() => ada.canSend, { what: 'keys' });
  const [long, short] = answers.map(
    ({ hz }) =>
      () =>
        heardMs(ada, sim.botUserId, hz),
  ) as [() => number, () => number];
  const results: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const [heardBefore, answeredBefore] = [long(), short()];
    const toSocketMs = await ask(ada, model.latest, noise(1200, 2 * round));
    await sim.until(() => long() - heardBefore >= 1000, { what: 'a second of the answer' });
    await ada.speak(noise(1200, 2 * round + 1));
    const over = answers[1].ms - 3 * frame.ms;
    await sim.until(() => short() - answeredBefore >= over, { what: 'the answer to what was said over it' });
    const told = Number(model.latest.ofType('conversation.item.truncate').at(-1)?.audio_end_ms);
    results.push({ toSocketMs, truncationMs: told - (long() - heardBefore) });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await ada.type(text, '!leave');
  await call.muxed();
  const turns = turnsOf(call).map(({ stages }) => stages);
  return {
    rounds: results,
    toPacketMs: turns.flatMap(({ first_audio: audio, first_packet: packet }) =>
      audio === undefined || packet === undefined ? [] : [packet - audio],
    ),
    ownShareMs: turns.flatMap(({ capture_end: end, request, first_audio: audio, first_packet: packet }) =>
      end === undefined || request === undefined || audio === undefined || packet === undefined
        ? []
        : [request - end + (packet - audio)],
    ),
  };
};

/**
 * Says something into a silent room. What the model is given at once when the gate opens tells which packet opened it: the last of that.
 * @returns from that packet's leaving the person to the model's socket, ms
 */
const ask = async (person: SimPerson, model: Connection, sound: ReturnType<typeof noise>): Promise<number> => {
  const packets = person.truth.length;
  let read = model.received.length;
  let [firstAt, openedWithMs] = [0, 0];
  const speaking = person.speak(sound);
  await model.until((messages) => {
    for (; read < messages.length; read += 1) {
      const { type, audio } = messages[read] ?? {};
      if (type !== 'input_audio_buffer.append') continue;
      if (firstAt === 0) firstAt = performance.now();
      if (performance.now() - firstAt >= frame.ms / 2) return true;
      openedWithMs += (Buffer.from(String(audio), 'base64').length / 2 / modelRate) * 1000;
    }
    return false;
  });
  await speaking;
  const opened = person.truth[packets + Math.round(openedWithMs / frame.ms) - 1];
  return performance.timeOrigin + firstAt - (opened?.sentMs ?? Number.NaN);
};
