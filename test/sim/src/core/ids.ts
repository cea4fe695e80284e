/** Discord's epoch, milliseconds: the first second of 2015 (Discord reference, "Snowflakes"). */
const DISCORD_EPOCH_MS = 1_420_070_400_000n;
/** Entities look as if they had been made around here; only the seed moves them. */
const ENTITY_BASE_MS = 1_577_836_800_000n;

const snowflake = (ms: bigint, low: bigint): bigint => ((ms - DISCORD_EPOCH_MS) << 22n) | low;

/** Makes snowflake strings (17-20 digits). */
export class Ids {
  readonly #now: () => number;
  #entityMs: bigint;
  #lastEvent = 0n;

  constructor(seed: number, now: () => number = Date.now) {
    this.#now = now;
    this.#entityMs = ENTITY_BASE_MS + BigInt(seed >>> 0) * 1_000n;
  }

  /** Of a user, guild, channel, role or application: the n-th id of a seed is always the same. */
  entity(): string {
    this.#entityMs += 61_003n;
    return String(snowflake(this.#entityMs, this.#entityMs & 0xfffn));
  }

  /** Of a message, interaction or attachment: carries the present time, as clients read times out of it. Strictly rising. */
  event(): string {
    const wanted = snowflake(BigInt(this.#now()), 0n);
    this.#lastEvent = wanted > this.#lastEvent ? wanted : this.#lastEvent + 1n;
    return String(this.#lastEvent);
  }
}
