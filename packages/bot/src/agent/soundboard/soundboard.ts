import type { Clock } from '@parley/protocol';
import { maxSounds } from '../../config/tool-settings.ts';
import type { Logger } from '../../log.ts';
import { scoreTitle } from '../music/search/score-title.ts';
import type { SoundResult } from './sound-result.ts';
import { boardRefusal, type SoundContext, soundRefusal } from './sound-rules.ts';
import type { Sound, SoundboardPort } from './soundboard-port.ts';

/** How long a server's list of sounds is believed, and within which the same sound is not played again, milliseconds. */
export const soundTimes = { listMs: 60_000, againMs: 6000 } as const;
/** Lists and sounds remembered; the oldest go. */
const mostRemembered = 500;
/** A name that fits less is another sound's. */
const leastScore = 0.6;

export interface SoundboardOptions {
  readonly port: SoundboardPort;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface SoundWish {
  readonly guildId: string;
  readonly channelId: string;
  /** As a model or a person calls it. */
  readonly name: string;
  /** `soundboard` and `soundboardSounds` of the guild. */
  readonly enabled: boolean;
  readonly references: readonly string[];
}

export interface SoundAnswer {
  readonly result: SoundResult;
  /** What was played. */
  readonly sound: string | null;
  /** Of `unknown_sound`: what there is. */
  readonly names: readonly string[];
}

/** Discord's soundboard for agents: which sounds there are, whether one may be played now, and not the same one over and over. */
export class Soundboard {
  readonly #options: SoundboardOptions;
  readonly #lists = new Map<string, { readonly until: number; readonly sounds: Promise<readonly Sound[]> }>();
  readonly #playedAt = new Map<string, number>();

  constructor(options: SoundboardOptions) {
    this.#options = options;
  }

  /** Plays a sound. Never rejects: what fails is an answer, and logged. */
  async play(wish: SoundWish): Promise<SoundAnswer> {
    const { port, logger } = this.#options;
    const { guildId, channelId, enabled } = wish;
    const context = (): SoundContext => ({ guildId, channelId, enabled, rights: port.rights(guildId, channelId) });
    const refused = boardRefusal(context());
    if (refused !== null) return answer(refused);
    try {
      const sounds = await this.#candidates(wish);
      const sound = named(sounds, wish.name);
      if (sound === null) return { ...answer('unknown_sound'), names: sounds.map(({ name }) => name) };
      const refusal = soundRefusal(context(), sound);
      if (refusal !== null) return { ...answer(refusal), sound: sound.name };
      if (!this.#mayAgain(guildId, sound)) return { ...answer('too_often'), sound: sound.name };
      await port.play(channelId, sound);
      return { ...answer('played'), sound: sound.name };
    } catch (error) {
      logger.warn({ guildId, channelId, err: error }, 'a sound of the soundboard could not be played');
      return answer('api_error');
    }
  }

  /** The sounds a guild's settings name, or the first of its own, or Discord's where it has none. */
  async #candidates({ guildId, references }: SoundWish): Promise<readonly Sound[]> {
    if (references.length === 0) {
      const own = await this.#list(guildId);
      return (own.length > 0 ? own : await this.#list(null)).slice(0, maxSounds);
    }
    const found = await Promise.all(
      references.slice(0, maxSounds).map(async (reference) => {
        const [id = '', from = guildId] = reference.split('@');
        // A server the bot is not in, or has left, has no sounds for it.
        const sounds = await this.#list(from).catch(() => []);
        return sounds.find((sound) => sound.id === id) ?? (await this.#list(null)).find((sound) => sound.id === id);
      }),
    );
    return found.filter((sound) => sound !== undefined);
  }

  #list(guildId: string | null): Promise<readonly Sound[]> {
    const { port, clock } = this.#options;
    const key = guildId ?? 'default';
    const known = this.#lists.get(key);
    if (known && known.until > clock.now()) return known.sounds;
    const sounds = guildId === null ? port.defaults() : port.ofGuild(guildId);
    remember(this.#lists, key, { until: clock.now() + soundTimes.listMs, sounds });
    sounds.catch(() => this.#lists.delete(key));
    return sounds;
  }

  /** Takes the turn of a sound. */
  #mayAgain(guildId: string, { id }: Sound): boolean {
    const nowMs = this.#options.clock.monotonicUs() / 1000;
    const key = `${guildId} ${id}`;
    const last = this.#playedAt.get(key);
    if (last !== undefined && nowMs - last < soundTimes.againMs) return false;
    remember(this.#playedAt, key, nowMs);
    return true;
  }
}

const answer = (result: SoundResult): SoundAnswer => ({ result, sound: null, names: [] });

const remember = <T>(map: Map<string, T>, key: string, value: T): void => {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > mostRemembered && !oldest.done) map.delete(oldest.value);
};

/** The sound of a name, or the one whose name resembles it most. */
const named = (sounds: readonly Sound[], name: string): Sound | null => {
  const wanted = name.trim().toLowerCase();
  const exact = sounds.find((sound) => sound.name.toLowerCase() === wanted);
  if (exact || wanted === '') return exact ?? null;
  const [best] = sounds
    .map((sound) => ({ sound, score: scoreTitle(name, sound.name) }))
    .toSorted((a, b) => b.score - a.score);
  return best && best.score >= leastScore ? best.sound : null;
};
