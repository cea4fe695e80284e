import { createRequire } from 'node:module';
import type * as opus from '@evan/opus';
import { findInPlace, type InPlace } from './in-place.ts';

/** The classes of `@evan/opus` that Parley uses. */
type OpusModule = Pick<typeof opus, 'Encoder' | 'Decoder'>;

/** libopus as `@evan/opus` brings it: compiled for this machine, else as WebAssembly (about 1.7 times slower). */
export type Codec =
  | ({
      readonly usable: true;
      readonly form: 'native' | 'wasm';
      /** Without copies; null where there is no such way. */
      readonly inPlace: InPlace | null;
    } & OpusModule)
  /** `reason` is the loader's own words. */
  | { readonly usable: false; readonly reason: string };

const isConstructor = (value: unknown): boolean => typeof value === 'function';

/** Loads the codec anew with `load`, and tries it on a frame of silence: a library that loads but does not work is not usable. */
export const tryCodec = (load: () => unknown): Codec => {
  try {
    const module = load() as OpusModule;
    if (!isConstructor(module.Encoder) || !isConstructor(module.Decoder)) {
      return { usable: false, reason: '@evan/opus has no Encoder or no Decoder' };
    }
    const frame = new Int16Array(1920);
    const packet = new module.Encoder({ channels: 2, sample_rate: 48_000 }).encode(frame);
    const decoder = new module.Decoder({ channels: 2, sample_rate: 48_000 });
    if (decoder.decode(packet).length !== 3840) return { usable: false, reason: '@evan/opus does not decode' };
    const { Encoder, Decoder } = module;
    if ('drop' in decoder) return { usable: true, form: 'wasm', inPlace: null, Encoder, Decoder };
    return { usable: true, form: 'native', inPlace: findInPlace(frame), Encoder, Decoder };
  } catch (error) {
    return { usable: false, reason: error instanceof Error ? error.message : String(error) };
  }
};

let loaded: Codec | null = null;

/**
 * The codec of this process, loaded at the first call. Never throws.
 *
 * The native form keeps its output in two buffers that all threads of the process share: use it on one thread only; more cores take
 * more processes.
 */
export const loadCodec = (): Codec => {
  loaded ??= tryCodec(() => createRequire(import.meta.url)('@evan/opus/lib.js'));
  return loaded;
};

/** Why this process cannot mix by itself, in the loader's own words; null: it can. Never throws. */
export const codecProblem = (): string | null => {
  const codec = loadCodec();
  return codec.usable ? null : codec.reason;
};
