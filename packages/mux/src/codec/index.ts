export type { Bandwidth, ChannelCount, Mode, Signal } from './ctl.ts';
export { type Codec, loadCodec } from './load-codec.ts';
export { OpusDecoder, type OpusDecoderOptions } from './opus-decoder.ts';
export { ENCODER_LOOKAHEAD, OpusEncoder, type OpusEncoderOptions } from './opus-encoder.ts';
