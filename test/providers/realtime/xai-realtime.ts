import { RealtimeServer, type RealtimeServerOptions } from './realtime-server.ts';
import { xAi } from './sim-dialect.ts';

/** A service that speaks xAI's dialect of the realtime protocol. */
export const startXaiRealtime = (options: RealtimeServerOptions = {}): Promise<RealtimeServer> =>
  RealtimeServer.start(xAi, options);
