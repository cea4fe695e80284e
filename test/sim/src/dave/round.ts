import type { CallMember } from '../voice/call-member.ts';
import type { SignedProposal } from './external-sender.ts';
import type { ReadCommit } from './mls-messages.ts';

/** A member as far as encryption goes. */
export interface Party {
  readonly member: CallMember;
  keyPackage: Buffer | null;
  hasSender: boolean;
  /** It reported a commit or welcome it could not use, and comes back with a new key package. */
  rejoins: boolean;
}

export interface Addition {
  readonly party: Party;
  readonly signed: SignedProposal;
}

/** One change of the group from proposals to the commit that won. */
export interface Round {
  readonly initial: boolean;
  readonly removals: readonly { readonly leaf: number; readonly signed: SignedProposal }[];
  readonly additions: readonly Addition[];
  readonly committers: Set<Party>;
  readonly cancelTimeout: () => void;
}

/** Nobody is asked to add himself: in a group's first round each pending member gets the others. */
export const proposalsFor = (round: Round, party: Party): SignedProposal[] => [
  ...round.removals.map(({ signed }) => signed),
  ...round.additions.filter((addition) => addition.party !== party).map(({ signed }) => signed),
];

/** Whether a commit takes in exactly what its sender was given. */
export const isComplete = (read: ReadCommit, round: Round, party: Party): boolean => {
  const wanted = proposalsFor(round, party);
  return (
    read.references.length === wanted.length &&
    wanted.every(({ reference }) => read.references.some((given) => given.equals(reference)))
  );
};

/** Members are added in the commit's order, not in the server's. */
export const orderIn = (read: ReadCommit, addition: Addition): number =>
  read.references.findIndex((reference) => reference.equals(addition.signed.reference));
