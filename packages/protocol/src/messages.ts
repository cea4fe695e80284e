import type { z } from 'zod';
import { supervisorNotifications, voxprocNotifications } from './catalogue/notifications.ts';
import { supervisorRequests, voxprocRequests } from './catalogue/requests.ts';

/** The version both sides state in the handshake. A new message raises the minor; a changed meaning raises the major. */
export const protocolVersion = { major: 1, minor: 2 } as const;

/** Everything each side may send. The generated table in this package's README is the contract. */
export const catalogue = {
  supervisor: { requests: supervisorRequests, notifications: supervisorNotifications },
  voxproc: { requests: voxprocRequests, notifications: voxprocNotifications },
} as const;

export type Side = keyof typeof catalogue;
export type Peer<S extends Side> = S extends 'supervisor' ? 'voxproc' : 'supervisor';

type Requests<S extends Side> = (typeof catalogue)[S]['requests'];
type Notifications<S extends Side> = (typeof catalogue)[S]['notifications'];

/** Names of the requests a side sends. */
export type RequestName<S extends Side> = keyof Requests<S> & string;
/** Names of the notifications a side sends. */
export type NotificationName<S extends Side> = keyof Notifications<S> & string;

type Schemas<T> = T extends { params: infer P extends z.ZodType; result: infer R extends z.ZodType }
  ? { params: z.infer<P>; result: z.infer<R> }
  : never;
type Payload<T> = T extends { params: infer P extends z.ZodType } ? z.infer<P> : never;

export type RequestParams<S extends Side, N extends RequestName<S>> = Schemas<Requests<S>[N]>['params'];
export type RequestResult<S extends Side, N extends RequestName<S>> = Schemas<Requests<S>[N]>['result'];
export type NotificationParams<S extends Side, N extends NotificationName<S>> = Payload<Notifications<S>[N]>;
