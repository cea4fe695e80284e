import type { CandidateRow, StoredTurn } from '../memory-rows.ts';

/** What may be worth remembering, and which turns bear it out. */
export interface Candidate {
  readonly ownerId: string;
  readonly kind: CandidateRow['kind'];
  readonly text: string;
  readonly turnIds: readonly number[];
}

/** Somebody wants nothing of this conversation remembered. */
const dropWords =
  /\b(?:(?:do not|don['’]?t|never|please not) (?:remember|save|store|keep|memori[sz]e)|forget (?:this|that|it all|everything|what i (?:just )?said)|(?:private|incognito) mode|off the record)\b/iu;

/** Something that holds for today only. */
const passing =
  /\b(?:for now|just (?:for )?(?:today|tonight|now|this (?:time|once))|only (?:for )?(?:today|tonight|this time)|right now)\b/iu;

/** Whether somebody said that nothing is to be remembered: then nothing of the whole conversation is. Pure. */
export const wantsForgetting = (turns: readonly Pick<StoredTurn, 'userText'>[]): boolean =>
  turns.some(({ userText }) => dropWords.test(userText));

export interface PromotionInput {
  readonly turns: readonly Pick<StoredTurn, 'id' | 'userText' | 'speakers'>[];
  readonly candidates: readonly Candidate[];
  /** Conversations that somebody had before this one. */
  readonly priorSessions: ReadonlyMap<string, number>;
}

/**
 * What is remembered of what was held: borne out by two turns of its owner, or by one where they have talked with the agent before.
 * What is for now only is not, and a “don’t remember that” of anybody drops everything. Pure.
 */
export const promoted = ({ turns, candidates, priorSessions }: PromotionInput): readonly Candidate[] => {
  if (wantsForgetting(turns)) return [];
  const seen = new Set<string>();
  return candidates.filter(({ ownerId, kind, text, turnIds }) => {
    const own = turns.filter(({ id, speakers }) => turnIds.includes(id) && speakers.includes(ownerId));
    const key = `${ownerId} ${kind} ${text.trim().toLowerCase()}`;
    if (text.trim() === '' || seen.has(key) || passing.test(text)) return false;
    // One mention that holds for today says nothing of another that does not.
    const support = own.filter(({ userText }) => !passing.test(userText)).length;
    const needed = (priorSessions.get(ownerId) ?? 0) >= 1 ? 1 : 2;
    if (support < needed) return false;
    seen.add(key);
    return true;
  });
};
