/** The few MLS structures (RFC 9420 §6, §7, §12) the voice server must read: key packages and commits. */
import { SimError } from '../errors.ts';
import { MlsReader } from './mls-codec.ts';

/** DHKEM-P256, AES-128-GCM, SHA-256, P-256: DAVE's only suite (daveprotocol.com, "MLS Parameters"). */
const CIPHER_SUITE = 2;
const BASIC_CREDENTIAL = 1;
const PUBLIC_MESSAGE = 1;
const SENDER_MEMBER = 1;
const CONTENT_COMMIT = 3;

const LEAF_SOURCE = { keyPackage: 1, update: 2, commit: 3 } as const;
const PROPOSAL_OR_REF = { proposal: 1, reference: 2 } as const;

/** Skips a LeafNode and returns its credential's identity. */
const readLeafNode = (reader: MlsReader): Buffer => {
  reader.vector(); // encryption_key
  reader.vector(); // signature_key
  const credential = reader.u16();
  if (credential !== BASIC_CREDENTIAL)
    throw new SimError('mls_malformed', `Credential type ${credential} is not basic.`);
  const identity = reader.vector();
  for (let list = 0; list < 5; list += 1) reader.vector(); // capabilities
  const source = reader.u8();
  if (source === LEAF_SOURCE.keyPackage)
    reader.take(16); // lifetime
  else if (source === LEAF_SOURCE.commit)
    reader.vector(); // parent_hash
  else if (source !== LEAF_SOURCE.update) throw new SimError('mls_malformed', `Leaf node source ${source} is unknown.`);
  reader.vector(); // extensions
  reader.vector(); // signature
  return identity;
};

/** The user a raw KeyPackage (op 26) belongs to. */
export const readKeyPackage = (data: Buffer): { readonly userId: string } => {
  const reader = new MlsReader(data);
  const version = reader.u16();
  const suite = reader.u16();
  if (version !== 1 || suite !== CIPHER_SUITE) {
    throw new SimError('mls_malformed', `A key package has version ${version} and cipher suite ${suite}.`);
  }
  reader.vector(); // init_key
  const identity = readLeafNode(reader);
  reader.vector(); // extensions
  reader.vector(); // signature
  if (!reader.done || identity.length !== 8) throw new SimError('mls_malformed', 'A key package has a strange shape.');
  return { userId: String(identity.readBigUInt64BE()) };
};

export interface ReadCommit {
  readonly groupId: Buffer;
  readonly epoch: bigint;
  readonly senderLeaf: number;
  /** Refs of the proposals it takes in, in its order. */
  readonly references: readonly Buffer[];
  /** The MLSMessage alone. */
  readonly commit: Buffer;
  /** What follows it in op 28; null when nobody was added. */
  readonly welcome: Buffer | null;
}

/** Splits op 28 and reads what the server must know of the commit. */
export const readCommitWelcome = (data: Buffer): ReadCommit => {
  const reader = new MlsReader(data);
  const version = reader.u16();
  const wireFormat = reader.u16();
  if (version !== 1 || wireFormat !== PUBLIC_MESSAGE) {
    throw new SimError('mls_malformed', `A commit has version ${version} and wire format ${wireFormat}.`);
  }
  const groupId = reader.vector();
  const epoch = reader.u64();
  const sender = reader.u8();
  if (sender !== SENDER_MEMBER) throw new SimError('mls_malformed', `A commit's sender has type ${sender}.`);
  const senderLeaf = reader.u32();
  reader.vector(); // authenticated_data
  const content = reader.u8();
  if (content !== CONTENT_COMMIT) throw new SimError('mls_malformed', `Content type ${content} is no commit.`);
  const proposals = new MlsReader(reader.vector());
  const references: Buffer[] = [];
  while (!proposals.done) {
    const kind = proposals.u8();
    if (kind !== PROPOSAL_OR_REF.reference) {
      throw new SimError('mls_malformed', 'A commit brings proposals of its own; only the server may propose.');
    }
    references.push(proposals.vector());
  }
  if (reader.u8() === 1) {
    readLeafNode(reader);
    reader.vector(); // path nodes
  }
  reader.vector(); // signature
  reader.vector(); // confirmation_tag
  reader.vector(); // membership_tag
  const commit = reader.since(0);
  const rest = reader.rest();
  return { groupId, epoch, senderLeaf, references, commit, welcome: rest.length > 0 ? rest : null };
};
