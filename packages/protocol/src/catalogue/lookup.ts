import { catalogue, type Peer, type Side } from '../messages.ts';
import type { NotificationSpec } from './notifications.ts';
import type { RequestSpec } from './requests.ts';

/** The request a side sends under this name, if there is one. */
export const requestSpec = (side: Side, name: string): RequestSpec | undefined => {
  const specs: Record<string, RequestSpec> = catalogue[side].requests;
  return Object.hasOwn(specs, name) ? specs[name] : undefined;
};

/** The notification a side sends under this name, if there is one. */
export const notificationSpec = (side: Side, name: string): NotificationSpec | undefined => {
  const specs: Record<string, NotificationSpec> = catalogue[side].notifications;
  return Object.hasOwn(specs, name) ? specs[name] : undefined;
};

export const peerOf = <S extends Side>(side: S): Peer<S> =>
  (side === 'supervisor' ? 'voxproc' : 'supervisor') as Peer<S>;
