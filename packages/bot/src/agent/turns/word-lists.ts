/**
 * Words that say nothing but that somebody listens, and words that mean “stop”, in the languages people most often speak to Parley.
 * They only weigh sounds made while the bot speaks: what is not in here counts as taking the floor. As `tokensOf` writes them.
 */
export const backchannels: ReadonlySet<string> = new Set([
  ...['mm', 'mmm', 'mhm', 'mmhm', 'hm', 'hmm', 'uh', 'huh', 'um', 'uhhuh', 'ah', 'aha', 'ahh', 'oh', 'ooh', 'eh', 'er'],
  ...['ha', 'haha', 'hahaha', 'hehe', 'lol', 'wow', 'whoa'],
  ...['yeah', 'yep', 'yup', 'yes', 'ok', 'okay', 'right', 'sure', 'cool', 'nice', 'great', 'good', 'true', 'exactly'],
  ...['really', 'interesting', 'alright', 'gotcha', 'indeed', 'totally', 'i', 'see', 'got', 'it', 'oh', 'my', 'god'],
  ...['ja', 'genau', 'klar', 'gut', 'stimmt', 'achso', 'aso', 'ach', 'so', 'naja', 'super', 'echt'],
  ...['oui', 'ouais', 'daccord', 'bien', 'vraiment', 'si', 'claro', 'vale', 'bueno', 'sim', 'certo', 'va', 'bene'],
]);

/** Said over the bot, these take the floor at once, however short; a phrase is a list of its tokens. */
export const stopPhrases: readonly (readonly string[])[] = [
  ...['stop', 'wait', 'quiet', 'silence', 'enough', 'halt', 'cancel', 'pause', 'sorry', 'no', 'nope'],
  ...['stopp', 'warte', 'moment', 'ruhe', 'nein', 'arrete', 'attends', 'para', 'espera', 'basta', 'calla', 'ferma'],
]
  .map((word) => [word])
  .concat([
    ['hold', 'on'],
    ['shut', 'up'],
    ['be', 'quiet'],
    ['never', 'mind'],
    ['hang', 'on'],
    ['one', 'second'],
    ['one', 'moment'],
    ['thats', 'enough'],
    ['hor', 'auf'],
  ]);

/** A sentence that ends with one of these goes on. */
export const openEndings: ReadonlySet<string> = new Set([
  ...['and', 'or', 'but', 'so', 'because', 'if', 'when', 'while', 'that', 'which', 'who', 'than', 'then', 'as'],
  ...['the', 'a', 'an', 'my', 'your', 'his', 'her', 'our', 'their', 'this', 'these', 'those', 'some', 'every', 'no'],
  ...['to', 'of', 'in', 'on', 'at', 'for', 'with', 'from', 'by', 'about', 'into', 'over', 'under', 'between', 'after'],
  ...['is', 'are', 'was', 'were', 'am', 'be', 'have', 'has', 'had', 'do', 'does', 'did', 'will', 'would', 'can'],
  ...['could', 'should', 'might', 'must', 'may', 'lets', 'im', 'its', 'thats', 'theres', 'very', 'really', 'more'],
  ...['i', 'we', 'they', 'he', 'she', 'um', 'uh', 'er', 'hmm', 'well', 'maybe', 'actually', 'basically', 'also'],
  ...['what', 'where', 'how', 'why', 'not', 'just', 'even', 'only', 'until', 'before', 'please'],
  ...['und', 'oder', 'aber', 'weil', 'dass', 'wenn', 'der', 'die', 'das', 'ein', 'eine', 'mit', 'fur', 'zu', 'ahm'],
  ...['et', 'ou', 'mais', 'que', 'le', 'la', 'les', 'un', 'une', 'de', 'y', 'o', 'pero', 'el', 'los', 'con', 'para'],
]);

/** What may stand before a name that calls somebody. */
export const callingWords: ReadonlySet<string> = new Set([
  ...[
    'hey',
    'hi',
    'hello',
    'yo',
    'ok',
    'okay',
    'so',
    'oh',
    'um',
    'uh',
    'well',
    'and',
    'please',
    'sorry',
    'excuse',
    'me',
  ],
  ...['thanks', 'thank', 'you', 'hallo', 'salut', 'hola', 'ciao', 'bonjour'],
]);

/** What may stand after a name at the end that is called. */
export const closingWords: ReadonlySet<string> = new Set(['please', 'ok', 'okay', 'thanks', 'thank', 'you', 'bitte']);
