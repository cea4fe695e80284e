import type { CallMember } from '../voice/call-member.ts';
import { VOICE_OP } from '../voice/opcodes.ts';
import { ExternalSender } from './external-sender.ts';
import { u8, u16, u64, vector } from './mls-codec.ts';
import { type ReadCommit, readCommitWelcome, readKeyPackage } from './mls-messages.ts';
import { LeafMap } from './ratchet-tree.ts';
import { isComplete, orderIn, type Party, proposalsFor, type Round } from './round.ts';

/** A transition that somebody never confirms is executed anyway after this long. */
const TRANSITION_TIMEOUT_MS = 2_000;
/** A round whose commits do not come is proposed again. */
const COMMIT_TIMEOUT_MS = 3_000;
const APPEND = 0;

export interface DaveCallOptions {
  readonly channelId: string;
  /** False in stages and where encryption is switched off altogether. */
  readonly enabled: boolean;
  readonly commitDelayMs: () => number;
  /** Runs later, in milliseconds; the returned function cancels. */
  readonly later: (ms: number, run: () => void) => () => void;
  readonly notify: () => void;
}

type State =
  | { readonly name: 'settled' }
  | { readonly name: 'committing'; readonly round: Round }
  /** A commit has won and is held back by a switch. */
  | { readonly name: 'holding'; readonly cancel: () => void }
  | { readonly name: 'transition'; readonly id: number; readonly waiting: Set<Party>; readonly execute: () => void };

/**
 * The server's part of DAVE (daveprotocol.com) in one call: it decides who belongs to the MLS group and proposes it,
 * one round at a time, lets the members commit, announces the first good commit and leads the transition.
 */
export class DaveCall {
  readonly #options: DaveCallOptions;
  readonly #groupId: Buffer;
  readonly #sender = new ExternalSender();
  readonly #parties = new Map<CallMember, Party>();
  readonly #leaves = new LeafMap<Party>();
  #state: State = { name: 'settled' };
  #epoch = 0n;
  #lastTransition = 0;
  #version: 0 | 1;
  #forcedDown = false;
  /** The next group is set up after a downgrade: its transition needs an id of its own. */
  #upgrading = false;
  /** Epoch changes announced so far. */
  epochs = 0;

  constructor(options: DaveCallOptions) {
    this.#options = options;
    this.#groupId = u64(BigInt(options.channelId));
    this.#version = options.enabled ? 1 : 0;
  }

  /** The version in force: 0 is transport encryption only. */
  get version(): 0 | 1 {
    return this.#version;
  }

  get epoch(): bigint {
    return this.#epoch;
  }

  /** User ids in the MLS group. */
  get groupUserIds(): readonly string[] {
    return this.#leaves.entries().map(({ owner }) => owner.member.userId);
  }

  /** Takes a member in and returns the version it is told; its key package is expected when that is 1. */
  connect(member: CallMember): 0 | 1 {
    this.#parties.set(member, { member, keyPackage: null, hasSender: false, rejoins: false });
    this.#reconsiderVersion();
    return this.#version;
  }

  leave(member: CallMember): void {
    const party = this.#parties.get(member);
    if (!party) return;
    this.#parties.delete(member);
    if (this.#state.name === 'committing') {
      this.#state.round.committers.delete(party);
      if (this.#state.round.committers.size === 0) this.#abandon();
    } else if (this.#state.name === 'transition') {
      this.#confirm(party);
    }
    this.#reconsiderVersion();
    if (this.#parties.size === 0) this.#forget();
    this.#advance();
  }

  /** Op 26. A key package that is not the sender's own is ignored. */
  keyPackage(member: CallMember, payload: Buffer): void {
    const party = this.#parties.get(member);
    if (!party || this.#version === 0 || readKeyPackage(payload).userId !== member.userId) return;
    party.keyPackage = payload;
    if (!party.hasSender) member.sendBinary(VOICE_OP.mlsExternalSender, this.#sender.package);
    party.hasSender = true;
    this.#advance();
  }

  /** Op 28: the first commit that takes in all proposals of the round wins, the others are dropped. */
  commit(member: CallMember, payload: Buffer): void {
    const party = this.#parties.get(member);
    if (!party || this.#state.name !== 'committing' || !this.#state.round.committers.has(party)) return;
    const { round } = this.#state;
    const read = readCommitWelcome(payload);
    if (read.epoch !== this.#epoch || !read.groupId.equals(this.#groupId) || !isComplete(read, round, party)) return;
    round.cancelTimeout();
    const delay = this.#options.commitDelayMs();
    if (delay === 0) {
      this.#announce(round, party, read);
      return;
    }
    const cancel = this.#options.later(delay, () => this.#announce(round, party, read));
    this.#state = { name: 'holding', cancel };
  }

  /** Op 23. */
  transitionReady(member: CallMember, transitionId: number): void {
    const party = this.#parties.get(member);
    if (party && this.#state.name === 'transition' && this.#state.id === transitionId) this.#confirm(party);
  }

  /** Op 31: the member is removed and, with the key package that follows, added again. */
  invalid(member: CallMember): void {
    const party = this.#parties.get(member);
    if (!party) return;
    party.rejoins = this.#leaves.leafOf(party) !== null;
    party.keyPackage = null;
    if (this.#state.name === 'committing') {
      this.#state.round.committers.delete(party);
      if (this.#state.round.committers.size === 0) this.#abandon();
    } else if (this.#state.name === 'transition') {
      this.#confirm(party);
    }
  }

  /** Turns encryption off for the call, as if a client that cannot encrypt had come, or on again. */
  force(down: boolean): void {
    this.#forcedDown = down;
    this.#reconsiderVersion();
  }

  #reconsiderVersion(): void {
    if (!this.#options.enabled) return;
    const parties = [...this.#parties.values()];
    const wanted = this.#forcedDown || parties.some(({ member }) => member.maxDave === 0) ? 0 : 1;
    if (wanted === this.#version) return;
    this.#version = wanted;
    this.#abandon();
    this.#resetGroup();
    const capable = parties.filter(({ member }) => member.maxDave > 0);
    if (wanted === 1) {
      this.#upgrading = true;
      const data = { protocol_version: 1, epoch: 1, transition_id: this.#nextTransition() };
      for (const { member } of capable) member.sendOp(VOICE_OP.davePrepareEpoch, data);
    } else {
      const id = this.#nextTransition();
      const known = capable.filter(({ hasSender }) => hasSender);
      for (const { member } of known) {
        member.sendOp(VOICE_OP.davePrepareTransition, { protocol_version: 0, transition_id: id });
      }
      this.#transition(id, known);
    }
    this.#options.notify();
  }

  #resetGroup(): void {
    this.#leaves.clear();
    this.#epoch = 0n;
    for (const party of this.#parties.values()) {
      party.keyPackage = null;
      party.rejoins = false;
    }
  }

  /** The last one has gone: the next call in this channel begins from nothing. */
  #forget(): void {
    this.#abandon();
    this.#resetGroup();
    this.#upgrading = false;
  }

  #advance(): void {
    if (this.#state.name !== 'settled' || this.#version === 0) return;
    const waiting = [...this.#parties.values()].filter(
      (party) => party.keyPackage !== null && (party.rejoins || this.#leaves.leafOf(party) === null),
    );
    if (this.#leaves.size === 0) {
      if (waiting.length > 1) this.#propose(true, [], waiting, waiting);
      return;
    }
    const gone = this.#leaves
      .entries()
      .filter(({ owner }) => this.#parties.get(owner.member) !== owner || owner.rejoins);
    const staying = this.#leaves
      .entries()
      .flatMap(({ owner }) => (gone.some((one) => one.owner === owner) ? [] : [owner]));
    // Who reported an unusable commit is only removed once his new key package is there.
    const removable = gone.filter(
      ({ owner }) => !owner.rejoins || owner.keyPackage || !this.#parties.has(owner.member),
    );
    if (staying.length === 0) {
      if (removable.length < gone.length) return;
      this.#leaves.clear();
      this.#epoch = 0n;
      for (const party of waiting) party.rejoins = false;
      this.#upgrading = true;
      this.#advance();
      return;
    }
    const [lone] = staying;
    if (staying.length === 1 && lone && removable.length > 0 && waiting.length === 0) {
      this.#resetLone(lone);
      return;
    }
    if (removable.length + waiting.length > 0) {
      this.#propose(
        false,
        removable.map(({ leaf }) => leaf),
        waiting,
        staying,
      );
    }
  }

  /** Who is left alone gets a new group, so that no key the others knew lives on. */
  #resetLone(party: Party): void {
    this.#resetGroup();
    party.member.sendOp(VOICE_OP.davePrepareEpoch, { protocol_version: 1, epoch: 1, transition_id: 0 });
    this.#options.notify();
  }

  #propose(initial: boolean, leaves: readonly number[], joining: readonly Party[], committers: readonly Party[]): void {
    const removals = leaves.map((leaf) => ({ leaf, signed: this.#sender.remove(this.#groupId, this.#epoch, leaf) }));
    const additions = joining.flatMap((party) =>
      party.keyPackage ? [{ party, signed: this.#sender.add(this.#groupId, this.#epoch, party.keyPackage) }] : [],
    );
    const cancelTimeout = this.#options.later(COMMIT_TIMEOUT_MS, () => {
      this.#state = { name: 'settled' };
      this.#advance();
    });
    const round = { initial, removals, additions, committers: new Set(committers), cancelTimeout };
    this.#state = { name: 'committing', round };
    for (const party of committers) {
      const messages = proposalsFor(round, party).map(({ message }) => message);
      party.member.sendBinary(VOICE_OP.mlsProposals, Buffer.concat([u8(APPEND), vector(...messages)]));
    }
  }

  #announce(round: Round, winner: Party, read: ReadCommit): void {
    const isInitial = round.initial && !this.#upgrading;
    this.#upgrading = false;
    const id = isInitial ? 0 : this.#nextTransition();
    const committed = round.initial ? [winner] : this.#leaves.entries().map(({ owner }) => owner);
    const removed = new Set(round.removals.map(({ leaf }) => leaf));
    const staying = committed.filter((party) => !removed.has(this.#leaves.leafOf(party) ?? -1));
    const added = round.additions
      .filter(({ party }) => !(round.initial && party === winner))
      .toSorted((a, b) => orderIn(read, a) - orderIn(read, b));
    if (round.initial) this.#leaves.add(winner);
    for (const leaf of removed) this.#leaves.remove(leaf);
    for (const { party } of added) {
      this.#leaves.add(party);
      party.rejoins = false;
    }
    this.#epoch += 1n;
    this.epochs += 1;
    const head = u16(id);
    const isHere = (party: Party): boolean => this.#parties.get(party.member) === party;
    for (const { member } of staying.filter(isHere)) {
      member.sendBinary(VOICE_OP.mlsAnnounceCommit, Buffer.concat([head, read.commit]));
    }
    for (const { party } of added.filter((addition) => isHere(addition.party))) {
      if (read.welcome) party.member.sendBinary(VOICE_OP.mlsWelcome, Buffer.concat([head, read.welcome]));
    }
    if (id === 0) this.#settle();
    else this.#transition(id, [...staying, ...added.map(({ party }) => party)].filter(isHere));
  }

  #transition(id: number, parties: readonly Party[]): void {
    const execute = (): void => {
      cancel();
      for (const { member } of parties) {
        if (this.#parties.has(member)) member.sendOp(VOICE_OP.daveExecuteTransition, { transition_id: id });
      }
      this.#settle();
    };
    const cancel = this.#options.later(TRANSITION_TIMEOUT_MS, execute);
    this.#state = { name: 'transition', id, waiting: new Set(parties), execute };
    if (parties.length === 0) execute();
  }

  #confirm(party: Party): void {
    if (this.#state.name !== 'transition') return;
    this.#state.waiting.delete(party);
    if (this.#state.waiting.size === 0) this.#state.execute();
  }

  /** Gives up what is under way. */
  #abandon(): void {
    if (this.#state.name === 'committing') this.#state.round.cancelTimeout();
    else if (this.#state.name === 'holding') this.#state.cancel();
    else if (this.#state.name === 'transition') {
      this.#state.execute();
      return;
    }
    this.#state = { name: 'settled' };
  }

  #settle(): void {
    this.#state = { name: 'settled' };
    this.#options.notify();
    this.#advance();
  }

  #nextTransition(): number {
    this.#lastTransition = (this.#lastTransition % 0xfffe) + 1;
    return this.#lastTransition;
  }
}
