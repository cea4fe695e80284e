/** A packet kept for a voice test. */
export interface HeardPacket {
  /** RTP timestamp as sent, 32 bits at 48 kHz. */
  readonly timestamp: number;
  readonly opus: Uint8Array;
}

export interface Arranged {
  /** 20 ms frames in the order of speaking; null where a packet never came, or where the person paused. */
  readonly frames: readonly (Uint8Array | null)[];
  /** Frames that never came although the packets around them follow each other. */
  readonly lost: number;
}

/** Samples of a 20 ms frame: all that Discord's clients send, and all that can be played. */
export const FRAME_SAMPLES = 960;
/** A gap of more frames than this is a pause, not a loss: clients send nothing while somebody is silent. */
const LONGEST_LOSS_FRAMES = 25;

/** Puts packets where their RTP time says, each once, at most `maxFrames` from the first on. Pure. */
export const arrange = (packets: readonly HeardPacket[], maxFrames: number): Arranged => {
  const [first] = packets;
  if (!first) return { frames: [], lost: 0 };
  const places = packets.map(({ timestamp }) => Math.round(signed(timestamp - first.timestamp) / FRAME_SAMPLES));
  const begin = Math.min(...places);
  const frames: (Uint8Array | null)[] = [];
  packets.forEach(({ opus }, index) => {
    const at = (places[index] ?? 0) - begin;
    if (at < 0 || at >= maxFrames) return;
    while (frames.length <= at) frames.push(null);
    frames[at] ??= opus;
  });
  return { frames, lost: lostIn(frames) };
};

const lostIn = (frames: readonly (Uint8Array | null)[]): number => {
  let lost = 0;
  let gap = 0;
  for (const frame of frames) {
    if (frame === null) gap += 1;
    else {
      if (gap <= LONGEST_LOSS_FRAMES) lost += gap;
      gap = 0;
    }
  }
  return lost;
};

/** A difference of 32-bit times across their wrap. */
const signed = (difference: number): number => difference | 0;
