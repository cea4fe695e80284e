import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { readS16le } from '../../dsp/samples.ts';
import { SampleQueue } from '../mix/sample-queue.ts';
import { MusicError } from './music-error.ts';

/** Decoded audio that waits, samples: reading stops at 2 s and goes on below 1.5 s. */
const HIGH_WATER = 96_000;
const LOW_WATER = 72_000;
/** Decoding gives way to everything that has to keep time. */
const NICE = 5;
/** What is kept of what ffmpeg says, characters. */
const STDERR_KEPT = 2_000;
/**
 * Containers of audio. Playlists and everything else that names other files or addresses is left out: what is decoded decides nothing
 * about what is opened.
 */
const containers =
  'aac,ac3,aiff,amr,ape,asf,au,avi,caf,flac,flv,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpeg,mpegts,ogg,opus,tta,w64,wav,wv';

/** ffmpeg's own reading from a file, or from its standard input. */
export type DecoderInput =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stream'; readonly body: Readable };

export interface FfmpegDecoderOptions {
  readonly ffmpegPath: string;
  readonly input: DecoderInput;
  /** More can be read from `queue`. */
  readonly onData: () => void;
  /** All of it is in `queue`. */
  readonly onEnd: () => void;
  readonly onFailed: (error: MusicError) => void;
}

/** The arguments: no shell, nothing that a file could make into an option. */
export const decoderArguments = (input: DecoderInput): string[] => [
  ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-format_whitelist', containers],
  // A live stream comes as slowly as it plays: the defaults would look at five seconds of it first.
  ...['-probesize', '1M', '-analyzeduration', '1M'],
  ...(input.kind === 'file'
    ? ['-protocol_whitelist', 'file,pipe', '-i', `file:${input.path}`]
    : ['-protocol_whitelist', 'pipe', '-i', 'pipe:0']),
  ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-f', 's16le', '-ar', '48000', '-ac', '2', 'pipe:1'],
];

/** @throws MusicError `ffmpeg_failed` */
const started = (ffmpegPath: string, args: string[]): ChildProcessByStdio<Writable, Readable, Readable> => {
  const child = spawn(ffmpegPath, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
  // Where no more files may be opened, Node gives back a child without pipes (EMFILE, ENFILE), and errs later.
  if ((child.stdin as Writable | undefined) !== undefined) return child;
  child.on('error', () => undefined);
  throw new MusicError('ffmpeg_failed', `${ffmpegPath}: no more files can be opened; raise the limit of open files`);
};

/**
 * Decodes music to 48 kHz stereo with ffmpeg, never more than 2 s ahead. ffmpeg cannot outlive this process: its input ends with it, and
 * what it writes is read by nobody else.
 */
export class FfmpegDecoder implements Disposable {
  readonly queue = new SampleQueue(2);
  #options: FfmpegDecoderOptions;
  #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #isOver = false;
  #isEnded = false;
  #hasAudio = false;
  #sourceError: Error | null = null;
  #stderr = '';
  #rest: Buffer = Buffer.alloc(0);

  /** @throws MusicError `ffmpeg_failed`: this process may open no more files. Anything else spawn throws */
  constructor(options: FfmpegDecoderOptions) {
    this.#options = options;
    const { ffmpegPath, input } = options;
    this.#child = started(ffmpegPath, decoderArguments(input));
    this.#child.on('error', (error) => this.#fail(new MusicError('ffmpeg_failed', `${ffmpegPath}: ${error.message}`)));
    this.#child.on('close', (code, signal) => this.#onClose(code, signal));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = `${this.#stderr}${text}`.slice(-STDERR_KEPT);
    });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#onPcm(chunk));
    this.#giveWay();
    this.#feed(input);
  }

  /** Whether all that will ever be decoded is in `queue`. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether it waits for the source, not for being read. */
  get isHungry(): boolean {
    return !this.#isEnded && !this.#child.stdout.isPaused();
  }

  /** Something was taken from `queue`. */
  taken(): void {
    if (!this.#isOver && this.queue.length < LOW_WATER && this.#child.stdout.isPaused()) this.#child.stdout.resume();
  }

  /** Kills ffmpeg; nothing is told any more. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    const { input } = this.#options;
    if (input.kind === 'stream') input.body.destroy();
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    this.#child.kill('SIGKILL');
  }

  #giveWay(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      setPriority(pid, NICE);
    } catch {
      // It has ended already, or this system has no priorities.
    }
  }

  #feed(input: DecoderInput): void {
    const { stdin } = this.#child;
    // ffmpeg may have what it needs before the end of its input, and closes it then.
    stdin.on('error', () => undefined);
    if (input.kind === 'file') {
      stdin.end();
      return;
    }
    const { body } = input;
    body.on('error', (error) => {
      this.#sourceError = error;
      stdin.end();
    });
    body.pipe(stdin);
  }

  #onPcm(chunk: Buffer): void {
    if (this.#isOver) return;
    const pcm = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const whole = pcm.length - (pcm.length % 4);
    this.#rest = pcm.subarray(whole);
    if (whole > 0) {
      this.queue.push(readS16le(pcm.subarray(0, whole)));
      this.#hasAudio = true;
    }
    if (this.queue.length >= HIGH_WATER) this.#child.stdout.pause();
    this.#options.onData();
  }

  #onClose(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isOver) return;
    const { input } = this.#options;
    if (input.kind === 'stream') input.body.destroy();
    if (this.#sourceError !== null) {
      const { message } = this.#sourceError;
      this.#fail(this.#sourceError instanceof MusicError ? this.#sourceError : new MusicError('fetch_failed', message));
      return;
    }
    const last = this.#stderr.trim().split('\n').at(-1) ?? '';
    if (code !== 0) {
      const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
      this.#fail(new MusicError('ffmpeg_failed', `ffmpeg ${how}${last === '' ? '' : `: ${last}`}`));
      return;
    }
    if (!this.#hasAudio) {
      this.#fail(new MusicError('ffmpeg_failed', `there is no audio in it${last === '' ? '' : `: ${last}`}`));
      return;
    }
    this.#isEnded = true;
    this.#options.onEnd();
  }

  #fail(error: MusicError): void {
    if (this.#isOver) return;
    this[Symbol.dispose]();
    this.#options.onFailed(error);
  }
}
