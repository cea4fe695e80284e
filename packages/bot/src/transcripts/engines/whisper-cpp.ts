import { readFile } from 'node:fs/promises';
import type { Heard, SpeechChunk } from '@parley/mux';
import { z } from 'zod';
import { TranscriptionError } from '../transcription-error.ts';
import { type Engine, tidy } from './engine.ts';
import { runTool } from './run-tool.ts';
import { workFile } from './work-files.ts';

const maxSeconds = 600;

export interface WhisperCppOptions {
  /** `whisper-cli`. */
  readonly program: string;
  /** Path of the model's file (`ggml-….bin`). */
  readonly model: string;
  readonly language: string | null;
  readonly workFolder: string;
  readonly concurrency: number;
}

const offsets = z.object({ from: z.number().nonnegative(), to: z.number().nonnegative() });

/** What `whisper-cli --output-json-full` writes (whisper.cpp, examples/cli: `output_json`); times are milliseconds. */
const outputSchema = z.object({
  transcription: z.array(
    z.object({
      offsets,
      text: z.string(),
      tokens: z.array(z.object({ text: z.string(), offsets: offsets.optional() })).optional(),
    }),
  ),
});

/** `[_BEG_]`, `[_TT_50]` and the like are no words. */
const isMarker = (text: string): boolean => /^\[_.*\]$/.test(text.trim());
/** What it puts where nobody speaks. */
const isNoise = (text: string): boolean => /^[[(].*[\])]$/.test(text.trim());

type Tokens = NonNullable<z.infer<typeof outputSchema>['transcription'][number]['tokens']>;

/** Words out of tokens: one that begins with a blank begins a word. Pure. */
const wordsOf = (tokens: Tokens): NonNullable<Heard['words']> => {
  const words: { from: number; to: number; text: string }[] = [];
  for (const { text, offsets: place } of tokens) {
    if (isMarker(text) || place === undefined) continue;
    const last = words.at(-1);
    if (last === undefined || text.startsWith(' ')) {
      words.push({ from: place.from / 1000, to: place.to / 1000, text: text.trim() });
    } else {
      last.text += text;
      last.to = place.to / 1000;
    }
  }
  return words.filter(({ text }) => text !== '');
};

/** What was heard, out of its JSON. Pure. @throws TranscriptionError `bad_answer` */
export const readWhisperCpp = (json: string): Heard[] => {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    raw = undefined;
  }
  const output = outputSchema.safeParse(raw);
  if (!output.success) throw new TranscriptionError('bad_answer', 'whisper.cpp’s JSON has another form');
  return output.data.transcription.flatMap(({ offsets: place, text, tokens }) => {
    const said = tidy(text);
    if (said === '' || isNoise(said)) return [];
    const words = wordsOf(tokens ?? []);
    return [{ from: place.from / 1000, to: place.to / 1000, text: said, ...(words.length > 0 && { words }) }];
  });
};

/** An installed whisper.cpp with a model of the operator's. */
export class WhisperCpp implements Engine {
  readonly name = 'whisper_cpp';
  readonly chunks = { maxSeconds };
  readonly paid = false;
  readonly #options: WhisperCppOptions;

  constructor(options: WhisperCppOptions) {
    this.#options = options;
  }

  get model(): string {
    return this.#options.model;
  }

  get language(): string | null {
    return this.#options.language;
  }

  get concurrency(): number {
    return this.#options.concurrency;
  }

  async recognize({ wav }: Pick<SpeechChunk, 'wav'>, signal: AbortSignal): Promise<readonly Heard[]> {
    const { program, model, language, workFolder } = this.#options;
    await using file = await workFile(workFolder, '.wav', wav);
    const args = ['-m', model, '-f', file.path, '-l', language ?? 'auto', '-ojf', '-of', file.stem, '-np'];
    await runTool(program, args, signal);
    const json = await readFile(`${file.stem}.json`, 'utf8').catch((cause: unknown) => {
      throw new TranscriptionError('tool_failed', `${program} wrote no JSON`, { cause });
    });
    return readWhisperCpp(json);
  }
}
