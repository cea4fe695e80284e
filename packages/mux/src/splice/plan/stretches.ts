import type { PacketIndex } from './packet-index.ts';

/** A stretch of the recording in which somebody can be heard, in samples. */
export type Stretch =
  /** One person alone, in packets that follow each other and may be copied: `count` of them from the `first` on. */
  | {
      readonly kind: 'alone';
      readonly from: number;
      to: number;
      readonly person: number;
      readonly first: number;
      count: number;
    }
  /** Several people, or packets that are never copied. */
  | { readonly kind: 'mixed'; readonly from: number; to: number };

/** All packets of all people by start; those of one instant in the order of the people. */
function* inOrder(
  people: readonly PacketIndex[],
): Generator<readonly [person: number, index: number], void, undefined> {
  const next = people.map(() => 0);
  for (;;) {
    let best = -1;
    let start = Number.POSITIVE_INFINITY;
    for (const [person, packets] of people.entries()) {
      const index = next[person] as number;
      if (index < packets.count && packets.startOf(index) < start) [best, start] = [person, packets.startOf(index)];
    }
    if (best < 0) return;
    const index = next[best] as number;
    next[best] = index + 1;
    yield [best, index];
  }
}

/** Marks each person's packets during which somebody else has one too. */
const findShared = (people: readonly PacketIndex[]): readonly Uint8Array[] => {
  const shared = people.map((packets) => new Uint8Array(packets.count));
  const last = people.map(() => -1);
  for (const [person, index] of inOrder(people)) {
    const at = (people[person] as PacketIndex).startOf(index);
    for (const [other, packets] of people.entries()) {
      const before = last[other] as number;
      if (other === person || before < 0 || packets.endOf(before) <= at) continue;
      (shared[other] as Uint8Array)[before] = 1;
      (shared[person] as Uint8Array)[index] = 1;
    }
    last[person] = index;
  }
  return shared;
};

/**
 * Divides everything that can be heard into stretches, in order and without overlap; between them is silence. A stretch of several
 * people goes on as long as packets touch. Pure.
 */
export const findStretches = (people: readonly PacketIndex[]): Stretch[] => {
  const shared = findShared(people);
  const stretches: Stretch[] = [];
  for (const [person, index] of inOrder(people)) {
    const packets = people[person] as PacketIndex;
    const [from, to] = [packets.startOf(index), packets.endOf(index)];
    const alone = (shared[person] as Uint8Array)[index] === 0 && packets.kindOf(index) !== 'other';
    const before = stretches.at(-1);
    if (alone && before?.kind === 'alone' && before.person === person && before.to === from) {
      before.to = to;
      before.count += 1;
    } else if (alone) {
      stretches.push({ kind: 'alone', from, to, person, first: index, count: 1 });
    } else if (before?.kind === 'mixed' && from <= before.to) {
      before.to = Math.max(before.to, to);
    } else {
      stretches.push({ kind: 'mixed', from, to });
    }
  }
  return stretches;
};
