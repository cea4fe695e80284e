/** Which leaf of the group's tree belongs to whom; the server counts along, as it must name leaves to remove them. */
export class LeafMap<T> {
  #leaves: (T | null)[] = [];

  get size(): number {
    return this.#leaves.filter((leaf) => leaf !== null).length;
  }

  entries(): { readonly leaf: number; readonly owner: T }[] {
    return this.#leaves.flatMap((owner, leaf) => (owner === null ? [] : [{ leaf, owner }]));
  }

  leafOf(owner: T): number | null {
    const leaf = this.#leaves.indexOf(owner);
    return leaf < 0 ? null : leaf;
  }

  remove(leaf: number): void {
    this.#leaves[leaf] = null;
    while (this.#leaves.length > 0 && this.#leaves.at(-1) === null) this.#leaves.pop();
  }

  /** Takes the leftmost blank leaf, else a new one (RFC 9420 §7.7). */
  add(owner: T): void {
    const blank = this.#leaves.indexOf(null);
    if (blank >= 0) this.#leaves[blank] = owner;
    else this.#leaves.push(owner);
  }

  clear(): void {
    this.#leaves = [];
  }
}
