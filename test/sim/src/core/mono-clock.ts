/** CLOCK_MONOTONIC in whole microseconds: the same clock for every process of this host. */
export const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n);
