/** Gain while decoding, in dB: room above full scale, where libopus would bend the peaks of 16-bit samples. */
export const MIX_DECODER_GAIN_DB = -6;

/** Turns 16-bit samples decoded with that gain into floats, 1 = full scale. The exponent is libopus's own (opus_decoder.c, `decode_gain`). */
export const FLOAT_OF_DECODED: number = 1 / 32_768 / 2 ** (6.48814081e-4 * MIX_DECODER_GAIN_DB * 256);
