/** What became of a packet before it reached anybody. */
export type PacketFate =
  /** Handed to the call, once or more often. */
  | 'relayed'
  /** Dropped by the network model. */
  | 'lost'
  /** The guild mutes its sender, or a stage keeps him in the audience. */
  | 'muted'
  /** Its sender's encryption session was not ready; a client drops such frames. */
  | 'not_encrypted'
  /** Its sender was in no call at that moment. */
  | 'no_call';

/** One packet a simulated person sent: the ground truth accounting is compared with. */
export interface SentPacket {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  /** 48 kHz samples the packet lasts. */
  readonly samples: number;
  /** When it left the person, CLOCK_MONOTONIC in µs. */
  readonly sentUs: number;
  /** The same instant on the wall clock, ms. */
  readonly sentMs: number;
  /** Before end-to-end encryption; empty for a packet of padding alone. */
  readonly opus: Buffer;
  /** One of the silence frames that end a talk-spurt. */
  readonly silence: boolean;
  /** Whether it carries end-to-end ciphertext. */
  encrypted: boolean;
  fate: PacketFate;
  /** How often the network model delivered it; 0 when lost. */
  copies: number;
  /** When each copy left the voice server for the bot, µs. Empty: the bot never got it. */
  readonly toBot: number[];
}
