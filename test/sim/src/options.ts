import type { NetworkModel } from './people/network-model.ts';
import { ENCRYPTION_MODES, type EncryptionMode } from './udp/transport.ts';

export interface SimOptions {
  /** End-to-end encryption in voice channels; `required` turns clients without it away (4017). On by default. */
  readonly dave?: boolean | 'required';
  /** Transport encryption modes in the order the server offers them; clients take the first they know. */
  readonly modes?: readonly EncryptionMode[];
  /** Of ids and all faults; 1 by default. */
  readonly seed?: number;
  /** Whether the privileged intents are switched on for the bot; on by default. */
  readonly privilegedIntents?: boolean;
  /** Whether people decode and keep what they hear; on by default. */
  readonly hearing?: boolean;
  /** Milliseconds kept of what one person hears of another; 120,000 by default. */
  readonly hearingLimitMs?: number;
  /** Packets kept per person as ground truth; 1,000,000 by default. */
  readonly truthLimit?: number;
  /** The network of everybody who has none of his own. */
  readonly network?: NetworkModel;
  /** Whether who joins a call is told who spoke before; whether Discord does is not known. On by default. */
  readonly speakingReplay?: boolean;
  /** Milliseconds in which the bot must answer an interaction; Discord's 3,000 by default. */
  readonly interactionWindowMs?: number;
  readonly botToken?: string;
}

/** Options with their defaults. */
export const DEFAULT_OPTIONS = {
  dave: true,
  modes: ENCRYPTION_MODES,
  seed: 1,
  privilegedIntents: true,
  hearing: true,
  hearingLimitMs: 120_000,
  truthLimit: 1_000_000,
  network: {},
  speakingReplay: true,
  interactionWindowMs: 3_000,
  botToken: 'parley-simulated-bot-token',
} as const satisfies Required<SimOptions>;
