import type { Clock } from '@parley/protocol';
import type { Connection } from '../voice/connection.ts';
import type { DatagramReceiver } from '../voice/datagram-receiver.ts';
import { DecryptHealth, type HealthVerdict } from '../voice/decrypt-health.ts';
import { sendDiscovery } from '../voice/discovery.ts';
import { Watchdog, type WatchdogAdvice } from '../voice/watchdog.ts';
import type { Holes } from './holes.ts';
import type { Warnings } from './warnings.ts';

export interface OversightOptions {
  readonly clock: Clock;
  readonly connection: () => Connection;
  readonly receiver: () => DatagramReceiver;
  readonly holes: Holes;
  readonly warnings: Warnings;
  /** People who could be heard. */
  readonly unmutedPeople: () => number;
}

/** Watches what is received: who cannot be decrypted, whether anything comes at all, what is given up. Acts on it and tells. */
export class Oversight {
  readonly health = new DecryptHealth();
  readonly watchdog = new Watchdog();
  #options: OversightOptions;
  #deafened = false;
  #unattributedTold = 0;
  #foreignTold = 0;

  constructor(options: OversightOptions) {
    this.#options = options;
  }

  /** Our own voice state said whether a moderator deafened us. */
  deafened(deafened: boolean): void {
    if (deafened === this.#deafened) return;
    this.#deafened = deafened;
    const { clock, holes, warnings } = this.#options;
    if (!deafened) {
      holes.end('server_deafened', clock.monotonicUs());
      return;
    }
    holes.begin('server_deafened', clock.monotonicUs());
    warnings.warn({ code: 'server_deafened', message: 'A moderator deafened the bot; nothing can be heard.' });
  }

  /** Keys and SSRCs are new: what was wrong with the old ones is over. */
  newServer(): void {
    const nowUs = this.#options.clock.monotonicUs();
    for (const { userId } of this.health.open()) this.#options.holes.endPerson(userId, nowUs);
    this.health.clear();
  }

  /** To be called a few times a second. */
  tick(): void {
    const { clock, connection, unmutedPeople } = this.#options;
    const nowMs = clock.monotonicUs() / 1000;
    const verdicts = this.health.tick(nowMs);
    for (const verdict of verdicts) this.#onHealth(verdict);
    if (verdicts.some(({ kind }) => kind === 'recover')) connection().recoverEncryption();
    this.#onAdvice(this.watchdog.tick(nowMs, { deafened: this.#deafened, unmutedPeople: unmutedPeople() }));
    this.#tellCounts();
  }

  #onAdvice(advice: WatchdogAdvice): void {
    const { connection, warnings } = this.#options;
    switch (advice.kind) {
      case 'none':
        return;
      case 'probe':
        sendDiscovery(connection().networking);
        if (advice.suspicion !== 'speech_without_audio') return;
        warnings.warn({
          code: 'no_datagrams',
          message: 'A person speaks and no audio arrives; the connection is probed.',
        });
        return;
      case 'rejoin':
        warnings.warn({
          code: 'no_datagrams',
          message: 'The voice server brings nothing; joining anew.',
          details: { why: advice.why },
        });
        connection().rejoin();
    }
  }

  #onHealth(verdict: HealthVerdict): void {
    const { clock, holes, warnings } = this.#options;
    const { userId, sinceMs, kind } = verdict;
    const nowUs = clock.monotonicUs();
    if (kind === 'healthy') {
      holes.endPerson(userId, nowUs);
      return;
    }
    holes.beginPerson(userId, 'undecryptable', sinceMs * 1000);
    if (kind === 'given_up') {
      holes.checkpoint(userId, nowUs);
      warnings.warn({ code: 'user_given_up', userId, message: 'Three recoveries did not make a person readable.' });
      return;
    }
    const details = { attempt: verdict.attempt };
    warnings.warn({
      code: 'user_undecryptable',
      userId,
      message: 'A person’s packets cannot be decrypted.',
      details,
    });
    warnings.warn({
      code: 'encryption_recovering',
      message: 'The end-to-end encryption session is built anew.',
      details: { ...details, userId },
    });
  }

  #tellCounts(): void {
    const { receiver, warnings } = this.#options;
    const { unattributed, foreign } = receiver().counters;
    if (unattributed > this.#unattributedTold) {
      warnings.warn({
        code: 'unknown_ssrc_expired',
        message: 'Packets nobody was named for within two seconds were given up.',
        details: { packets: unattributed },
      });
    }
    if (foreign > this.#foreignTold) {
      warnings.warn({
        code: 'foreign_datagram',
        message: 'Datagrams came from an address that is not the voice server.',
        details: { datagrams: foreign },
      });
    }
    this.#unattributedTold = unattributed;
    this.#foreignTold = foreign;
  }
}
