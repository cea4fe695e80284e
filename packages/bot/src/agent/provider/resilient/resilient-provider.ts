import type { RealtimeProvider } from '../realtime-provider.ts';
import { ResilientSession } from './resilient-session.ts';
import type { ResilientOptions } from './socket-keeper.ts';

/** A provider whose conversations outlive their sockets. */
export const resilientProvider = (provider: RealtimeProvider, options: ResilientOptions): RealtimeProvider => ({
  id: provider.id,
  capabilities: provider.capabilities,
  open: (config, events) => new ResilientSession(provider, config, events, options),
});
