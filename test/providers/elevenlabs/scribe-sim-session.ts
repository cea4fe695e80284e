import { type Scenario, understandInTurn } from '../realtime/scenario.ts';
import type { Connection, Message } from '../shared/connection.ts';

/** What is odd about the transcription sockets of a server. */
export interface ScribeSwitches {
  /** Whether it says that it has started. */
  starts: boolean;
  /** Committed pieces are answered with this kind of error; null: they are understood. */
  error: string | null;
  /** Committed pieces are not answered at all. */
  withheld: boolean;
}

/** One realtime transcription socket of a simulated ElevenLabs, with commits of whoever speaks. */
export class ScribeSimSession {
  readonly complaints: string[] = [];
  /** Lengths of the committed pieces, ms. */
  readonly committed: number[] = [];
  readonly #connection: Connection;
  readonly #scenario: Scenario;
  readonly #switches: ScribeSwitches;
  readonly #rate: number;
  #pieces: Buffer[] = [];

  constructor(connection: Connection, scenario: Scenario, switches: ScribeSwitches) {
    this.#connection = connection;
    this.#scenario = scenario;
    this.#switches = switches;
    const { query } = connection.visit;
    const model = query.get('model_id');
    this.#rate = Number(/^pcm_(\d+)$/.exec(query.get('audio_format') ?? 'pcm_16000')?.[1] ?? 16_000);
    connection.attend(
      (message) => this.#take(message),
      () => undefined,
    );
    if (model === null || !model.startsWith('scribe')) {
      connection.send({ message_type: 'invalid_request', error: `unknown model ${model}` });
      connection.close(1008, 'invalid_request');
    } else if (switches.starts) {
      connection.send({
        message_type: 'session_started',
        session_id: 'session-1',
        config: {
          sample_rate: this.#rate,
          audio_format: `pcm_${this.#rate}`,
          model_id: model,
          commit_strategy: 'manual',
        },
      });
    }
  }

  #take(message: Message): void {
    if (message.message_type !== 'input_audio_chunk') this.complaints.push(`${message.message_type} is unknown`);
    else if (message.audio_base_64 !== '' && message.sample_rate !== undefined && message.sample_rate !== this.#rate) {
      this.complaints.push(`audio at ${message.sample_rate} Hz`);
    } else {
      const pcm = Buffer.from(String(message.audio_base_64), 'base64');
      if (pcm.length > 0) this.#pieces.push(pcm);
      if (message.commit === true) this.#commit();
    }
  }

  #commit(): void {
    const pcm = Buffer.concat(this.#pieces);
    this.#pieces = [];
    const audioMs = (pcm.length / 2 / this.#rate) * 1000;
    this.committed.push(audioMs);
    if (this.#switches.withheld) return;
    if (this.#switches.error !== null) {
      this.#connection.send({ message_type: this.#switches.error, error: 'as told' });
      return;
    }
    if (audioMs < 300) {
      this.#connection.send({ message_type: 'commit_throttled', error: 'commit request ignored: only 0.1s of audio' });
      return;
    }
    const number = this.committed.length;
    const text = (this.#scenario.hear ?? understandInTurn)({ number, audioMs, pcm }) ?? '';
    const words = text.split(' ');
    this.#connection.send({ message_type: 'partial_transcript', text: words.slice(0, 2).join(' ') });
    this.#connection.send({ message_type: 'committed_transcript', text });
  }
}
