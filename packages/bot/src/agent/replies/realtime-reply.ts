import type { Spoken } from '../speaking/spoken.ts';
import type { HeardItem } from '../speaking/utterance.ts';
import type { ReplyTurn, UnaskedWish } from './reply-path.ts';

/** What a reply answers: a turn, or a wish of the agent's own. */
export type ReplyCause = { readonly turn: ReplyTurn } | { readonly wish: UnaskedWish };

/** A reply on its way from the model to the room. */
export interface RealtimeReply {
  readonly cause: ReplyCause;
  readonly spoken: Spoken;
  /** `waiting`: what it answers is not all with the provider · `asked` · `answering` · `tools`: calls are being answered · `over`. */
  phase: 'waiting' | 'asked' | 'answering' | 'tools' | 'over';
  requestId: string | null;
  responseId: string | null;
  /** Calls of the response that have no answer yet. */
  openCalls: number;
  /** A tool wants the model to go on. */
  continues: boolean;
  /** Nobody wants it any more: whatever comes of it is dropped. */
  cancelled: boolean;
  /** Texts of its items, in order. */
  readonly texts: Map<string, string>;
  /** Tools that are being called for it. */
  readonly calls: AbortController;
  /** Audio of it has come. */
  heardFirst: boolean;
  /** The model has said all of it, which is told once any of it is spoken. */
  generated: boolean;
}

export const turnIdOf = ({ cause }: RealtimeReply): string | null => ('turn' in cause ? cause.turn.turnId : null);

export const speakersOf = ({ cause }: RealtimeReply): readonly string[] =>
  'turn' in cause ? cause.turn.speakers : cause.wish.speakers;

/** A place in a text at about this share of it, at the end of a word. */
const cutAt = (text: string, share: number): number => {
  if (share >= 1) return text.length;
  const at = Math.floor(text.length * Math.max(0, share));
  const back = text.lastIndexOf(' ', at);
  return at === 0 || back < 0 ? 0 : back;
};

/** What was heard and what was not of these texts, by how much of each item's audio was played. Pure. */
export const heardText = (
  texts: ReadonlyMap<string, string>,
  items: readonly HeardItem[],
): { readonly text: string; readonly cutOff: string } => {
  const heard: string[] = [];
  const lost: string[] = [];
  for (const [itemId, text] of texts) {
    const item = items.find((one) => one.itemId === itemId);
    const at = item === undefined || item.totalMs === 0 ? 0 : cutAt(text, item.heardMs / item.totalMs);
    heard.push(text.slice(0, at).trim());
    lost.push(text.slice(at).trim());
  }
  const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');
  return { text: joined(heard), cutOff: joined(lost) };
};
