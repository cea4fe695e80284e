import { RealtimeServer, type RealtimeServerOptions } from './realtime-server.ts';
import { openAiBeta, openAiGa } from './sim-dialect.ts';

/**
 * A service that speaks OpenAI's Realtime API: conversations, and transcription sessions (`intent=transcription`).
 * `names: 'beta'`: with the event names of before general availability.
 */
export const startOpenAiRealtime = (
  options: RealtimeServerOptions & { readonly names?: 'ga' | 'beta' } = {},
): Promise<RealtimeServer> => RealtimeServer.start(options.names === 'beta' ? openAiBeta : openAiGa, options);
