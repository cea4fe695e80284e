import type { Encoder } from '@evan/opus';
import { MuxError } from '../mux-error.ts';
import {
  type Bandwidth,
  bandwidths,
  type ChannelCount,
  channelCounts,
  ctl,
  type Mode,
  modes,
  type Signal,
  signals,
} from './ctl.ts';
import type { EncodeInPlace } from './in-place.ts';
import { loadCodec } from './load-codec.ts';

/** Samples at 48 kHz by which libopus's decoded output is late for application `audio` (OPUS_GET_LOOKAHEAD). */
export const ENCODER_LOOKAHEAD = 312;

const copied: EncodeInPlace = (encoder, pcm) => encoder.encode(pcm);

export interface OpusEncoderOptions {
  /** Interleaved channels of what is encoded; 2 by default. */
  readonly channels?: 1 | 2;
  /** Bits a second, 96,000 by default. */
  readonly bitrate?: number;
  /**
   * Whether frames share a budget; true by default. False where the bitrate changes from frame to frame: what a frame of many bits takes
   * would be missing in the next, which then sounds broken.
   */
  readonly constrained?: boolean;
  /** 0 to 10; 10 by default. */
  readonly complexity?: number;
}

/** Encodes 48 kHz PCM as one Opus stream with libopus, application `audio`. Synchronous. */
export class OpusEncoder implements Disposable {
  readonly #channels: 1 | 2;
  readonly #inPlace: EncodeInPlace;
  #encoder: Encoder | null;

  /** @throws MuxError `codec_missing` */
  constructor(options: OpusEncoderOptions = {}) {
    const { channels = 2, bitrate = 96_000, complexity = 10, constrained = true } = options;
    const codec = loadCodec();
    if (!codec.usable) throw new MuxError('codec_missing', `The Opus codec could not be loaded: ${codec.reason}`);
    this.#channels = channels;
    this.#inPlace = codec.inPlace?.encode ?? copied;
    this.#encoder = new codec.Encoder({ channels, sample_rate: 48_000, application: 'audio' });
    this.setBitrate(bitrate);
    this.#request(ctl.complexity, complexity);
    this.#request(ctl.vbrConstraint, constrained ? 1 : 0);
  }

  /**
   * Encodes one frame of 2.5, 5, 10 or 20 ms: 120, 240, 480 or 960 interleaved samples for each channel.
   * @returns the packet, the caller's own
   * @throws RangeError when the frame has another length
   */
  encode(pcm: Int16Array): Uint8Array {
    return this.#encode(pcm, copied);
  }

  /**
   * Does the same, and copies nothing where that can be avoided.
   * @returns the packet, good until anything is encoded again
   * @throws RangeError when the frame has another length
   */
  encodeInPlace(pcm: Int16Array): Uint8Array {
    return this.#encode(pcm, this.#inPlace);
  }

  #encode(pcm: Int16Array, encode: EncodeInPlace): Uint8Array {
    if (this.#encoder === null) throw new Error('OpusEncoder.encode: it is disposed');
    const samples = pcm.length / this.#channels;
    if (samples !== 960 && samples !== 480 && samples !== 240 && samples !== 120) {
      throw new RangeError(`OpusEncoder.encode: ${samples} samples are no frame of 2.5 to 20 ms`);
    }
    return encode(this.#encoder, pcm);
  }

  /** Forgets everything encoded before, as a new encoder would; what was set stays. */
  reset(): void {
    this.#encoder?.ctl(ctl.resetState);
  }

  /** Bits a second from the next frame on, 6,000 to 510,000. */
  setBitrate(bitrate: number): void {
    this.#request(ctl.bitrate, bitrate);
  }

  /** With `true` the next frames use nothing of the ones before: what follows silence or another encoder's packet. */
  setPredictionDisabled(disabled: boolean): void {
    this.#request(ctl.predictionDisabled, disabled ? 1 : 0);
  }

  /** SILK, hybrid or CELT from the next frame on; a change may take libopus one frame. */
  setMode(mode: Mode): void {
    this.#request(ctl.forceMode, modes[mode]);
  }

  setBandwidth(bandwidth: Bandwidth): void {
    this.#request(ctl.bandwidth, bandwidths[bandwidth]);
  }

  /** Whether packets are coded as mono or stereo, whatever is fed. */
  setChannels(channels: ChannelCount): void {
    this.#request(ctl.forceChannels, channelCounts[channels]);
  }

  /** What is encoded from the next frame on: it decides with the bitrate between SILK, hybrid and CELT. */
  setSignal(signal: Signal): void {
    this.#request(ctl.signal, signals[signal]);
  }

  /**
   * How many packets are expected to be lost, percent: above 0, SILK and hybrid packets carry the one before them again, coarsely
   * (RFC 6716, 2.1.7).
   */
  setExpectedLoss(percent: number): void {
    this.#request(ctl.inbandFec, percent > 0 ? 1 : 0);
    this.#request(ctl.packetLoss, percent);
  }

  [Symbol.dispose](): void {
    // Only the WebAssembly form owns memory beyond the collector's reach.
    if (this.#encoder !== null && 'drop' in this.#encoder) (this.#encoder.drop as () => void)();
    this.#encoder = null;
  }

  #request(request: number, value: number): void {
    if (this.#encoder === null) throw new Error('OpusEncoder: it is disposed');
    this.#encoder.ctl(request, value);
  }
}
