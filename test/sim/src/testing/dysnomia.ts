/** An independent voice client, standing alone: dysnomia's, without its gateway client. */
import { once } from 'node:events';
import { VoiceConnection } from '@projectdysnomia/dysnomia';
import type { VoiceCredentials } from '../index.ts';

export interface DysnomiaPacket {
  readonly opus: Buffer;
  readonly sequence: number;
  readonly timestamp: number;
}

/** Key of packets that came before a speaking event named their SSRC. */
export const NOBODY = 'nobody';

export interface DysnomiaCall extends Disposable {
  readonly connection: VoiceConnection;
  readonly problems: string[];
  /** What came, by user id. */
  readonly received: Map<string, DysnomiaPacket[]>;
}

/** Connects and receives. */
export const connectDysnomia = async (guildId: string, credentials: VoiceCredentials): Promise<DysnomiaCall> => {
  const connection = new VoiceConnection(guildId, { shared: true, opusOnly: true });
  const problems: string[] = [];
  connection.on('error', (error: Error) => problems.push(`error: ${error.message}`));
  connection.on('warn', (message: string) => problems.push(`warn: ${message}`));
  const received = new Map<string, DysnomiaPacket[]>();
  const ready = once(connection, 'ready');
  connection.connect(credentials);
  await ready;
  connection
    .receive('opus')
    .on('data', (opus: Buffer, userId: string | undefined, timestamp: number, sequence: number) => {
      const key = userId ?? NOBODY;
      received.set(key, [...(received.get(key) ?? []), { opus, sequence, timestamp }]);
    });
  return { connection, problems, received, [Symbol.dispose]: () => connection.disconnect() };
};
