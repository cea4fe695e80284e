/** The most a packet may be moved later to make room, in samples: 20 ms. */
export const MAX_SLIDE_SAMPLES = 960;

/**
 * Where a packet goes on a track that is filled up to `cursor`: where it belongs, a little later when its head is covered, or
 * nowhere (null) when half of it or more than 20 ms is. Pure; all in samples.
 */
export const placePacket = (cursor: number, wanted: number, samples: number): number | null => {
  const covered = cursor - wanted;
  if (covered <= 0) return wanted;
  return covered * 2 >= samples || covered > MAX_SLIDE_SAMPLES ? null : cursor;
};
