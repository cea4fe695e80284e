import type { ApiMe } from '@parley/protocol/api';
import { createContext, useContext } from 'react';
import type { ApiClient } from '../api/client.ts';

export interface Services {
  readonly api: ApiClient;
  readonly me: ApiMe;
}

export const ServicesContext = createContext<Services | null>(null);

/** The server's client and who is signed in; inside of the signed-in pages only. */
export const useServices = (): Services => {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('useServices: outside of the signed-in pages');
  return services;
};
