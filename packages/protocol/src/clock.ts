/** Time as everything in Parley takes it: injected, so that no test has to wait for it. */
export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** CLOCK_MONOTONIC of this host, microseconds; comparable between processes of one boot. */
  monotonicUs(): number;
  /** Calls once after `ms`; disposing cancels it. */
  setTimeout(callback: () => void, ms: number): Disposable;
  /** Calls every `ms`; disposing ends it. */
  setInterval(callback: () => void, ms: number): Disposable;
}

/** The clock of this machine. libuv's hrtime reads CLOCK_MONOTONIC on Linux. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicUs: () => Number(process.hrtime.bigint() / 1000n),
  setTimeout: (callback, ms) => {
    const timer = setTimeout(callback, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
  setInterval: (callback, ms) => {
    const timer = setInterval(callback, ms);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};
