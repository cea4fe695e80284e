import type { AddressReason, IgnoreReason } from './address-reason.ts';
import type { FloorConfig, FloorPerson } from './floor-types.ts';
import { findCall, type NameCall } from './wake-name.ts';
import { backchannels, callingWords, closingWords, openEndings } from './word-lists.ts';
import { tokensOf } from './words.ts';

/** What is asked about something that was said. */
export interface Utterance {
  readonly speaker: FloorPerson;
  readonly text: string;
  /** The words will not change any more, or none will come. */
  readonly final: boolean;
}

/** What is known of the room when it is said. */
export interface Room {
  readonly config: FloorConfig;
  readonly people: readonly FloorPerson[];
  /** Whether the bot was talking with the speaker lately. */
  readonly engaged: boolean;
  readonly music: boolean;
  /** Whether the speaker called the bot lately, for while music plays. */
  readonly woke: boolean;
}

export type AddressVerdict =
  | { readonly for: 'bot'; readonly why: AddressReason; readonly call: NameCall }
  | { readonly for: 'others'; readonly why: IgnoreReason }
  /** The words so far do not tell. */
  | { readonly for: 'unknown' };

/** People choose their names: one that is a word most sentences begin or end with calls nobody. */
const isEveryday = (name: string): boolean => {
  const [word, ...more] = tokensOf(name);
  return word !== undefined && more.length === 0 && everyday.some((words) => words.has(word));
};
const everyday = [openEndings, callingWords, closingWords, backchannels];

/** Whether somebody else in the room is called by name. */
const namesAnother = ({ speaker, text }: Utterance, people: readonly FloorPerson[]): boolean => {
  const others = people.filter(({ userId }) => userId !== speaker.userId).flatMap(({ names }) => names);
  const calling = others.filter((name) => !isEveryday(name));
  return findCall(text, calling, false) !== null;
};

/** A name that ends the words so far may be the middle of what is still being said. */
const calledIn = ({ text, final }: Utterance, { wakeNames }: FloorConfig): NameCall => {
  const call = findCall(text, wakeNames, final);
  return call === 'end' && !final ? null : call;
};

/** Whether something said is for the bot: the first rule that applies. Humans who may not be heard count as somebody to talk to. Pure. */
export const addressOf = (utterance: Utterance, room: Room): AddressVerdict => {
  const { speaker, text, final } = utterance;
  const { config, people, engaged, music, woke } = room;
  if (!speaker.heard) return { for: 'others', why: 'not_heard' };
  if (config.addressing === 'never') return { for: 'others', why: 'never' };
  const call = calledIn(utterance, config);
  if (music && call === null && !woke) return final ? { for: 'others', why: 'music_not_woken' } : { for: 'unknown' };
  if (config.addressing === 'always') return { for: 'bot', why: 'always', call };
  if (people.filter(({ human }) => human).length <= 1) return { for: 'bot', why: 'only_human', call };
  if (call !== null) return { for: 'bot', why: 'wake_name', call };
  if (namesAnother(utterance, people)) return { for: 'others', why: 'other_person_named' };
  // Who goes on talking with the bot may still turn to somebody else by name: where words can be had before, they are waited for.
  const wordsWillTell = !final && tokensOf(text).length === 0 && (config.words === 'local' || config.words === 'asr');
  if (engaged) return wordsWillTell ? { for: 'unknown' } : { for: 'bot', why: 'reply_to_bot', call };
  return final ? { for: 'others', why: 'not_addressed' } : { for: 'unknown' };
};
