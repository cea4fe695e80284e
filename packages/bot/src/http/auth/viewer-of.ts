import type { Clock } from '@parley/protocol';
import type { FastifyRequest } from 'fastify';
import type { Store } from '../../store/index.ts';
import type { Viewer } from '../access/viewer.ts';
import { cookieOf } from './cookie.ts';
import { hashOf, isSecret } from './secret.ts';
import type { SignInDesk } from './sign-in-desk.ts';

export interface ViewerOfOptions {
  readonly desk: SignInDesk;
  readonly store: Pick<Store, 'apiTokens'>;
  readonly clock: Clock;
  readonly isHttps: boolean;
}

/** Who sends a request: a program by its bearer token (RFC 6750), a person by their cookie; null: nobody known. */
export const viewerOf =
  ({ desk, store, clock, isHttps }: ViewerOfOptions) =>
  async (request: FastifyRequest): Promise<Viewer | null> => {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const token = /^Bearer ([\w-]+)$/i.exec(authorization)?.[1];
      const found = isSecret(token) ? await store.apiTokens.get(hashOf(token)) : null;
      if (!found) return null;
      store.apiTokens.used(found.hash, clock.now());
      return { kind: 'token', guildId: found.guildId, name: found.name };
    }
    const signIn = await desk.who(request.cookies[cookieOf(isHttps).name]);
    return signIn && { kind: 'person', userId: signIn.userId, signIn };
  };
