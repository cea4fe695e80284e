import { floorDueAt, stepFloor } from '../floor.ts';
import { emptyFloor, type FloorState } from '../floor-state.ts';
import type { FloorConfig, FloorEffect, FloorEvent, FloorPerson } from '../floor-types.ts';

/** A room and how the bot answers in it; times in ms. */
export interface DialogueRoom {
  /** Everybody in the channel; a name with `!` may not be heard, with `*` is a bot. */
  readonly people: string;
  readonly config?: Partial<FloorConfig>;
  /** From the request of a reply until it is heard. */
  readonly replyAfterMs?: number;
  readonly replyMs?: number;
  /** How long after something was said its words are understood. */
  readonly wordsLagMs?: number;
  /** So many replies are asked for of which nothing ever comes. */
  readonly silentReplies?: number;
  /** That the bot is silent after it was cut off is never told. */
  readonly cutsUntold?: boolean;
  /** Whether what the model is given is told as well. */
  readonly tellHearing?: boolean;
}

export const defaultFloor: FloorConfig = {
  wakeNames: ['Parley'],
  addressing: 'auto',
  words: 'local',
  interruption: 'speaker',
  silenceMs: 700,
  engagedMs: 35_000,
  musicWakeMs: 30_000,
};

/** How long a word takes, ms. */
const wordMs = 300;
const pieceMs = 100;

interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * Plays a written dialogue to the floor, and writes down what the bot does. A line is `<seconds> <name>: <words>`; `(0.4)` between
 * words is a pause, `[noise 400]`, `[echo 800]` and `[quiet 500]` are sounds without words; of a line with `[endless]` no end is told.
 * `<seconds> <command>`: `music on`,
 * `music off`, `people ada ben`, `lost ada`, `leaves ada`, `greets 1500`.
 */
export class Dialogue {
  readonly told: string[] = [];
  /** When each thing told happened, ms. */
  readonly at: number[] = [];
  #room: DialogueRoom;
  #config: FloorConfig;
  #state: FloorState;
  #nowMs = 0;
  #queue: Scheduled[] = [];
  #order = 0;
  #captures = 0;
  #replies = 0;
  #over = new Set<string>();
  /** What the model has, and words it would have told of what it has not. */
  #given = new Set<string>();
  #untold = new Map<string, string>();
  #users = new Map<string, string>();
  #speech: { turnId: string | null; leftMs: number; since: number | null; run: number } | null = null;
  #runs = 0;

  constructor(room: DialogueRoom) {
    this.#room = room;
    this.#config = { ...defaultFloor, ...room.config };
    this.#state = emptyFloor(this.#config);
    this.#send({ type: 'people', people: peopleOf(room.people) });
  }

  /** @returns what was told, in order */
  play(lines: readonly string[]): string[] {
    for (const line of lines) this.#schedule(line);
    for (;;) {
      const due = floorDueAt(this.#state, this.#nowMs);
      this.#queue.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = this.#queue[0];
      if (next && (due === null || next.at <= due)) {
        this.#queue.shift();
        this.#nowMs = next.at;
        next.run();
      } else if (due !== null) {
        this.#nowMs = due;
        this.#send({ type: 'tick' });
      } else return this.told;
    }
  }

  #later(at: number, run: () => void): void {
    this.#order += 1;
    this.#queue.push({ at, order: this.#order, run });
  }

  #schedule(line: string): void {
    const [, seconds = '0', rest = ''] = /^([\d.]+) (.*)$/.exec(line) ?? [];
    const at = Number(seconds) * 1000;
    const said = /^(\w+): (.*)$/.exec(rest);
    if (said) this.#later(at, () => this.#say(said[1] ?? '', said[2] ?? ''));
    else this.#later(at, () => this.#command(rest));
  }

  #command(command: string): void {
    const [verb, ...args] = command.split(' ');
    const captures = [...this.#users].filter(([, user]) => user === args[0]).map(([captureId]) => captureId);
    if (verb === 'music') this.#send({ type: 'music', on: args[0] === 'on' });
    else if (verb === 'people') this.#send({ type: 'people', people: peopleOf(args.join(' ')) });
    else if (verb === 'greets') {
      this.#send({ type: 'speech_unasked', on: true });
      this.#speak(null, Number(args[0]));
    } else if (verb === 'lost' || verb === 'leaves') {
      const reason = verb === 'lost' ? 'lost' : 'left';
      for (const captureId of captures) this.#end(captureId, reason);
    } else throw new Error(`no such line: ${command}`);
  }

  /** One stretch of speech as voxproc tells of it: pieces, words that lag behind, the client's silence frames, pauses, its end. */
  #say(name: string, line: string): void {
    const text = line.replace(' [endless]', '');
    const endless = text !== line;
    this.#captures += 1;
    const captureId = `capture-${this.#captures}`;
    this.#users.set(captureId, name);
    this.#send({ type: 'capture_started', captureId, userId: name });
    const { wordsLagMs = 250 } = this.#room;
    let at = this.#nowMs;
    let words = '';
    for (const part of text.split(/(\([\d.]+\)|\[\w+ \d+\])/).filter((piece) => piece.trim() !== '')) {
      const pause = /^\(([\d.]+)\)$/.exec(part);
      const sound = /^\[(\w+) (\d+)\]$/.exec(part);
      if (pause) {
        this.#later(at + 20, () => this.#in(captureId, { type: 'capture_paused', captureId, cause: 'silence_frames' }));
        at += Number(pause[1]) * 1000;
        this.#later(at, () => this.#goOn(name, captureId));
      } else if (sound) {
        at = this.#loud(captureId, at, Number(sound[2]), sound[1] ?? '');
      } else {
        for (const word of part.trim().split(' ')) {
          at = this.#loud(captureId, at, wordMs, 'words');
          words = words === '' ? word : `${words} ${word}`;
          const soFar = words;
          this.#later(at + wordsLagMs, () => this.#words(captureId, soFar, false));
        }
      }
    }
    const endedAt = at;
    const all = words;
    if (endless) return;
    this.#later(endedAt + 20, () =>
      this.#in(captureId, { type: 'capture_paused', captureId, cause: 'silence_frames' }),
    );
    this.#later(endedAt + wordsLagMs + 50, () => this.#words(captureId, all, true));
    this.#later(endedAt + this.#config.silenceMs, () => this.#end(captureId, 'silence'));
  }

  /** After a pause: the same capture goes on, or, when it was ended meanwhile, what follows is cut off from it. */
  #goOn(name: string, captureId: string): void {
    if (this.#over.has(captureId)) this.#tell(`cuts ${name} short`);
    else this.#send({ type: 'capture_resumed', captureId });
  }

  #loud(captureId: string, from: number, ms: number, kind: string): number {
    for (let done = 0; done < ms; done += pieceMs) {
      const size = Math.min(pieceMs, ms - done);
      const loudMs = kind === 'quiet' ? 0 : size;
      const echo = kind === 'echo' ? 0.9 : this.#speech ? 0.1 : null;
      this.#later(from + done + size, () =>
        this.#in(captureId, { type: 'capture_audio', captureId, ms: size, loudMs, echo }),
      );
    }
    return from + ms;
  }

  /** What still comes of a capture that is over is not told, as voxproc does not send it. */
  #in(captureId: string, event: FloorEvent): void {
    if (!this.#over.has(captureId)) this.#send(event);
  }

  #words(captureId: string, text: string, final: boolean): void {
    const { words } = this.#config;
    // A model tells the words of what it was given, and has heard to its end.
    if (words === 'provider' && !this.#given.has(captureId)) this.#untold.set(captureId, text);
    const told = words === 'provider' ? final && this.#given.has(captureId) : words !== 'none';
    if (told) this.#send({ type: 'words', captureId, text, final: final || this.#over.has(captureId) });
  }

  #end(captureId: string, reason: 'silence' | 'left' | 'lost'): void {
    if (this.#over.has(captureId)) return;
    this.#over.add(captureId);
    this.#send({ type: 'capture_ended', captureId, reason });
  }

  #send(event: FloorEvent): void {
    const { state, effects } = stepFloor(this.#state, event, this.#nowMs);
    this.#state = state;
    for (const effect of effects) this.#do(effect);
  }

  #tell(what: string): void {
    this.told.push(what);
    this.at.push(this.#nowMs);
  }

  #do(effect: FloorEffect): void {
    const nameOf = (captureId: string) => this.#users.get(captureId) ?? captureId;
    switch (effect.type) {
      case 'give_to_model':
        this.#give(effect.captureId);
        if (this.#room.tellHearing) this.#tell(`hears ${effect.userId}`);
        return;
      case 'end_capture':
        this.#over.add(effect.captureId);
        return;
      case 'request_reply':
        this.#tell(`answers ${effect.speakers.join('+')} (${effect.why})`);
        this.#reply(effect.turnId);
        return;
      case 'withdraw_reply':
        this.#tell(`withdraws (${effect.why})`);
        return;
      case 'discard_capture':
        this.#tell(`ignores ${nameOf(effect.captureId)} (${effect.why})`);
        return;
      case 'pause_speech':
        this.#tell(`pauses for ${effect.byUserId}`);
        this.#hold();
        return;
      case 'resume_speech':
        this.#tell(`resumes (${effect.why})`);
        this.#goOnSpeaking();
        return;
      case 'cut_speech': {
        this.#tell(`stops for ${effect.byUserId} (${effect.why})`);
        const turnId = this.#speech?.turnId ?? null;
        this.#hold();
        this.#speech = null;
        if (this.#room.cutsUntold) return;
        this.#later(this.#nowMs + 10, () => this.#send({ type: 'speech_over', turnId, heardMs: 0 }));
        return;
      }
      case 'decided':
        return;
    }
  }

  #give(captureId: string): void {
    this.#given.add(captureId);
    const text = this.#untold.get(captureId);
    if (text === undefined || !this.#over.has(captureId)) return;
    this.#later(this.#nowMs + (this.#room.wordsLagMs ?? 250), () => this.#words(captureId, text, true));
  }

  #reply(turnId: string): void {
    const { replyAfterMs = 600, replyMs = 2000, silentReplies = 0 } = this.#room;
    this.#replies += 1;
    if (this.#replies <= silentReplies) return;
    this.#later(this.#nowMs + replyAfterMs / 3, () => this.#send({ type: 'reply', turnId, phase: 'started' }));
    this.#later(this.#nowMs + replyAfterMs, () => {
      if (this.#state.reply?.turn.turnId !== turnId) return;
      this.#tell('speaks');
      this.#send({ type: 'reply', turnId, phase: 'speaking' });
      this.#speak(turnId, replyMs);
      this.#send({ type: 'reply', turnId, phase: 'generated' });
    });
  }

  #speak(turnId: string | null, ms: number): void {
    this.#speech = { turnId, leftMs: ms, since: null, run: 0 };
    this.#goOnSpeaking();
  }

  #hold(): void {
    if (!this.#speech) return;
    this.#runs += 1;
    const { since, leftMs } = this.#speech;
    this.#speech.leftMs = leftMs - (since === null ? 0 : this.#nowMs - since);
    this.#speech.since = null;
  }

  #goOnSpeaking(): void {
    if (!this.#speech) return;
    this.#runs += 1;
    const run = this.#runs;
    this.#speech.since = this.#nowMs;
    const { turnId, leftMs } = this.#speech;
    this.#later(this.#nowMs + leftMs, () => {
      if (run !== this.#runs || !this.#speech) return;
      this.#speech = null;
      this.#send(
        turnId === null ? { type: 'speech_unasked', on: false } : { type: 'speech_over', turnId, heardMs: leftMs },
      );
    });
  }
}

const peopleOf = (names: string): FloorPerson[] =>
  names.split(' ').map((written) => {
    const name = written.replace(/[!*]$/, '');
    return {
      userId: name,
      names: [name],
      human: !written.endsWith('*'),
      heard: !written.endsWith('!') && !written.endsWith('*'),
    };
  });
