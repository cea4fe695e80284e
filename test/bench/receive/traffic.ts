import { mergePackets, ORIGIN_US, packetsOf, plainSpeaker, type SentPacket } from '@parley/voxproc/testing';

/** How many talk. */
export const speakers = 10;

/** Packets of ten people who talk most of the time, as they arrive. */
export const traffic = (seconds: number): SentPacket[] =>
  mergePackets(
    Array.from({ length: speakers }, (_, index) =>
      packetsOf({
        ...plainSpeaker,
        userId: `1000000000000000${10 + index}`,
        ssrc: 1000 + index,
        seed: index + 1,
        startUs: ORIGIN_US,
        durationMs: seconds * 1000,
        network: { delayMs: 40, jitterMs: 8, loss: 0.01, burst: 2, duplicate: 0.001, reorder: 0.005 },
      }),
    ),
  );

/** Microseconds of CPU this process has used. */
export const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
