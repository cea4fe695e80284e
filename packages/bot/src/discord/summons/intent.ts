/** Commands that plain words can give: those without arguments. */
export type IntendedCommand = 'join' | 'leave' | 'pause' | 'resume' | 'optout' | 'status' | 'help';

/** What somebody seems to want, and how sure that is: 0..1. */
export interface Intent {
  readonly command: IntendedCommand;
  readonly confidence: number;
}

/** From here on a wish is carried out; below it is asked about. */
export const sureEnough = 0.6;
/** Below this it is no wish, and nothing is said. */
export const worthAsking = 0.3;

/** Words that change nothing about a wish. */
const filler =
  /\b(please|pls|plz|hey|hi|hello|yo|ok|okay|now|right now|quickly|real quick|just|then|again|thanks|thank you|thx|mate|buddy|everybody|everyone|guys|for us|for me|with us|over here)\b/g;
/** Ways to begin a wish. */
const opening =
  /^(can|could|would|will) (you|u) |^(would|do) you (mind|like to|want to) |^(i|we) (want|need|would like|d like) (you|u) to |^(you|u) (can|may|should|must|have to|need to) |^(let s|lets|let us) have (you|u) |^go ahead and /;

const us =
  '(us|me|in|here|vc|voice|the (call|channel|voice|vc|party|room|meeting|session)|this (call|channel)|our (call|channel))';
const it =
  '(this|it|us|the (call|session|meeting|game|stream|channel|conversation)|our (call|session|game)|everything)';
const us2 = '(the |this |our )?(call|channel|vc|voice|voice channel|room)';

/** What is wanted, by how a wish begins; the first that fits counts. Words after it make it less sure. */
const rules: readonly (readonly [IntendedCommand, RegExp])[] = [
  ['optout', /^(stop record(ing)?|do not record|quit recording|no recording of) me\b/],
  [
    'pause',
    /^(stop|pause|halt|hold) (the )?(recording )?(for )?(a|one|this) (moment|second|sec|minute|min|bit|while)\b/,
  ],
  ['pause', /^(stop|pause) recording (for )?(a|one) (moment|second|sec|minute|min|bit|while)\b/],
  ['pause', /^(pause|take a break)( (the )?recording| it| this)?\b/],
  ['resume', /^(resume|unpause|continue|go on|carry on|keep going)( (with )?(the )?record(ing)?| it)?\b/],
  ['leave', new RegExp(`^(stop|end|finish|quit) (the )?(record(ing)?|session)( ${it})?( and (leave|go|get out))?\\b`)],
  [
    'leave',
    new RegExp(`^(leave|exit|disconnect|quit|go away|go home|get out|get lost)( from)?( ${us2}| now| voice)?\\b`),
  ],
  ['leave', /^(stop|that s (it|all)|we are done|we re done|you are done|bye|goodbye|good night|you may go|go)$/],
  [
    'join',
    new RegExp(`^(come|get|hop|jump)( on)?( over| by| along)?( and)?( join| record)?( ${us})?( in)?( here)?\\b`),
  ],
  ['join', new RegExp(`^(join)( ${us})?( in)?\\b`)],
  ['join', new RegExp(`^(start|begin)( a| the)?( to)? record(ing)?( ${it})?\\b`)],
  ['join', new RegExp(`^record( ${it})?\\b`)],
  [
    'status',
    /^(are you (still )?(recording|there|here|listening)|what are you (recording|doing)|who (is|s) (being )?recorded|how (is|s) the recording|status)\b/,
  ],
  [
    'help',
    /^(what can you do|how do(es)? (you|this|i use you) ?(work)?|what (are|is) (your|the) commands?|help( me| us)?( out)?)\b/,
  ],
];

/** What makes a sentence one about something else, or for another time. */
const otherTime =
  /\b(tomorrow|later|tonight|yesterday|next (week|time|month|year|session)|at \d+|in \d+|on (mon|tues|wednes|thurs|fri|satur|sun)day|when|whenever|if|unless|until|after|before|once|ago|always|usually)\b/;
const notWanted = /\b(do not|never|not|no need to|nobody|without|instead of|rather than|refuse)\b/;
const reported =
  /\b(said|says|told|tells|asked|asks|think|thinks|thought|guess|wonder|heard|saw|love|hate|like when|joined|left|recorded|why|because|about|should we|shall we|did|does|has|had|was|were)\b|["“”«»]/;

/**
 * Reads a wish out of a message that mentions Parley. A wish begins with what is wanted, said to Parley: the mention stands at its beginning
 * or end. Talk about Parley, another time, and a no make it less sure or none at all. Pure.
 */
export const readIntent = (content: string, botUserId: string): Intent | null => {
  const mention = new RegExp(`<@!?${botUserId}>`, 'g');
  if (!mention.test(content)) return null;
  const isAddressed = new RegExp(
    `^[^\\p{L}]*(?:(?:hey|hi|hello|ok|okay|yo|please)[\\s,]*)?<@!?${botUserId}>|<@!?${botUserId}>[^\\p{L}\\p{N}]*$`,
    'u',
  ).test(content.trim().toLowerCase());
  const text = plain(content.replaceAll(mention, isAddressed ? ' ' : ' someone '));
  const quoted = /["“”«»]/.test(content);
  const opened = text.replace(/^(would|do) you mind recording\b/, 'record').replace(opening, '');
  const wish = isAddressed
    ? opened
    : opened.replace(/^(can|could|would|will|should|let|have) someone /, '').replace(/^someone /, '');
  const negated = wish.replace(/^do not record me\b/, '');
  for (const [command, pattern] of rules) {
    const match = pattern.exec(wish);
    if (!match) continue;
    const left = wish.slice(match[0].length).trim();
    const more = left === '' ? 0 : left.split(' ').length;
    const confidence =
      0.95 -
      0.1 * more -
      (isAddressed ? 0 : 0.4) -
      (otherTime.test(text) ? 0.5 : 0) -
      (notWanted.test(negated) ? 0.9 : 0) -
      (reported.test(isAddressed ? left : text) || quoted ? 0.5 : 0);
    return confidence < worthAsking ? null : { command, confidence: Math.round(confidence * 100) / 100 };
  }
  return null;
};

/** Lower case, contractions written out, no punctuation, no filler; other mentions and links are words. */
const plain = (content: string): string =>
  content
    .toLowerCase()
    .replaceAll(/https?:\S+/g, ' link ')
    .replaceAll(/<[@#:][^>]*>/g, ' somebody ')
    .replaceAll(
      /\b(don|won|can|shouldn|wouldn|didn|doesn|isn|aren)['’]?t\b/g,
      (_, verb: string) => `${verbs[verb] ?? verb} not`,
    )
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .replaceAll(filler, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

const verbs: Readonly<Record<string, string>> = {
  don: 'do',
  won: 'will',
  can: 'can',
  shouldn: 'should',
  wouldn: 'would',
  didn: 'did',
  doesn: 'does',
  isn: 'is',
  aren: 'are',
};
