/** Pieces of s16le as they come over a network, cut anywhere, as pieces of whole samples. */
export async function* wholeSamples(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let rest: number | null = null;
  for await (const piece of pieces) {
    const joined: Buffer = rest === null ? Buffer.from(piece) : Buffer.concat([Buffer.of(rest), piece]);
    const even: number = joined.length & ~1;
    rest = joined.length === even ? null : (joined[even] ?? null);
    if (even > 0) yield joined.subarray(0, even);
  }
}
