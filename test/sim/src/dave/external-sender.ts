import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { u8, u16, u32, u64, vector } from './mls-codec.ts';

const MLS_10 = 1;
const PUBLIC_MESSAGE = 1;
const SENDER_EXTERNAL = 2;
const CONTENT_PROPOSAL = 2;
const PROPOSAL = { add: 1, remove: 3 } as const;
const BASIC_CREDENTIAL = 1;

export interface SignedProposal {
  /** The MLSMessage as it goes into op 27. */
  readonly message: Buffer;
  /** How commits name it (RFC 9420 §5.2, RefHash). */
  readonly reference: Buffer;
}

/** The voice server as MLS external sender: it proposes who is added and removed, and never knows a key (RFC 9420 §12.1.8). */
export class ExternalSender {
  readonly #privateKey: KeyObject;
  /** Payload of op 25: signature key and credential. */
  readonly package: Buffer;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = privateKey;
    // The uncompressed point ends the SubjectPublicKeyInfo.
    const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
    this.package = Buffer.concat([vector(point), u16(BASIC_CREDENTIAL), vector(Buffer.from('parley-sim'))]);
  }

  add(groupId: Buffer, epoch: bigint, keyPackage: Buffer): SignedProposal {
    return this.#propose(groupId, epoch, Buffer.concat([u16(PROPOSAL.add), keyPackage]));
  }

  remove(groupId: Buffer, epoch: bigint, leaf: number): SignedProposal {
    return this.#propose(groupId, epoch, Buffer.concat([u16(PROPOSAL.remove), u32(leaf)]));
  }

  #propose(groupId: Buffer, epoch: bigint, proposal: Buffer): SignedProposal {
    const content = Buffer.concat([
      vector(groupId),
      u64(epoch),
      u8(SENDER_EXTERNAL),
      u32(0), // index in the group's external_senders
      vector(), // authenticated_data
      u8(CONTENT_PROPOSAL),
      proposal,
    ]);
    // FramedContentTBS of an external sender has no group context; the signature is DER in this suite.
    const toBeSigned = Buffer.concat([u16(MLS_10), u16(PUBLIC_MESSAGE), content]);
    const labelled = Buffer.concat([vector(Buffer.from('MLS 1.0 FramedContentTBS')), vector(toBeSigned)]);
    const auth = vector(sign('sha256', labelled, this.#privateKey));
    const authenticated = Buffer.concat([u16(PUBLIC_MESSAGE), content, auth]);
    const hashInput = Buffer.concat([vector(Buffer.from('MLS 1.0 Proposal Reference')), vector(authenticated)]);
    return {
      message: Buffer.concat([u16(MLS_10), authenticated]),
      reference: createHash('sha256').update(hashInput).digest(),
    };
  }
}
