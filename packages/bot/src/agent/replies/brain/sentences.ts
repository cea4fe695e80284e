/** The first piece is spoken as soon as it is this long: what comes first is waited for. */
const firstChars = 30;
/** Later pieces are of this many sentences, so that they are spoken with one breath. */
const laterSentences = 2;
/** Longer than this no piece gets, whatever it ends with. */
const mostChars = 300;

const sentenceEnd = /[.!?…。！？]+["'”’)\]]*(?=\s|$)/gu;

/** Where whole sentences end in `text`; the last only where something follows it, since more of it may come. */
const endsIn = (text: string, complete: boolean): number[] =>
  [...text.matchAll(sentenceEnd)]
    .map((match) => match.index + match[0].length)
    .filter((end) => complete || end < text.length);

/** Cuts a text that comes letter by letter into pieces that can be spoken. */
export class Sentences {
  #waiting = '';
  #first = true;

  /** @returns the pieces that are ready to be spoken */
  push(text: string): string[] {
    this.#waiting += text;
    return this.#take(false);
  }

  /** The text is complete. */
  flush(): string[] {
    const pieces = this.#take(true);
    const rest = this.#waiting.trim();
    this.#waiting = '';
    return rest === '' ? pieces : [...pieces, rest];
  }

  #take(complete: boolean): string[] {
    const pieces: string[] = [];
    for (let end = this.#end(complete); end !== null; end = this.#end(complete)) {
      const piece = this.#waiting.slice(0, end).trim();
      this.#waiting = this.#waiting.slice(end).trimStart();
      if (piece === '') continue;
      pieces.push(piece);
      this.#first = false;
    }
    return pieces;
  }

  #end(complete: boolean): number | null {
    const ends = endsIn(this.#waiting, complete);
    const wanted = this.#first ? ends.find((end) => end >= firstChars) : ends[laterSentences - 1];
    if (wanted !== undefined && wanted <= mostChars) return wanted;
    if (this.#waiting.length <= mostChars) return null;
    const last = ends.findLast((end) => end <= mostChars);
    const space = this.#waiting.lastIndexOf(' ', mostChars);
    return last ?? (space > 0 ? space : mostChars);
  }
}
