import { stat } from 'node:fs/promises';
import { readOpusFile } from '@parley/mux';
import { ProtocolError } from '@parley/protocol';

/** Sounds are short: larger files are not read. */
const MAX_BYTES = 4 << 20;
/** Samples of the 20 ms frames the voice library's RTP clock is made for. */
const FRAME_SAMPLES = 960;

/**
 * The packets of an Ogg Opus file, ready to be sent as they are.
 * @throws ProtocolError `file_unreadable`: not there, too large, damaged, or not in 20 ms frames.
 */
export const readSound = async (file: string): Promise<Buffer[]> => {
  const packets: Buffer[] = [];
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) throw new Error(`${size} bytes are more than the ${MAX_BYTES} a sound may have`);
    for await (const event of readOpusFile(file)) {
      if (event.type === 'damage') throw new Error(`damaged at byte ${event.damage.offset}: ${event.damage.type}`);
      if (event.type !== 'page') continue;
      for (const { data, samples } of event.packets) {
        if (samples !== FRAME_SAMPLES)
          throw new Error(`a frame of ${samples / 48} ms; only 20 ms frames can be played`);
        packets.push(Buffer.from(data));
      }
    }
    if (packets.length === 0) throw new Error('no audio in it');
    return packets;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new ProtocolError('file_unreadable', `sound.play: ${file}: ${words}`, { file }, { cause: error });
  }
};
