import type { SignIn } from '../world/sign-in.ts';
import { ok, type Route } from './router.ts';

/** People signing in to the application by Discord (reference: "OAuth2", authorization code grant). */
export const signInRoutes = (signIn: SignIn): Route[] => [
  {
    method: 'GET',
    path: '/oauth2/authorize',
    open: true,
    handle: ({ query }) => {
      const outcome = signIn.authorize(query);
      if ('location' in outcome) return { status: 302, location: outcome.location };
      return { status: 400, body: Buffer.from(outcome.problem), contentType: 'text/plain' };
    },
  },
  {
    method: 'POST',
    path: '/oauth2/token',
    open: true,
    handle: ({ authorization, body }) => {
      const outcome = signIn.token(authorization, body.json);
      if ('error' in outcome) {
        return { status: outcome.error === 'invalid_client' ? 401 : 400, body: { error: outcome.error } };
      }
      return ok({ access_token: outcome.accessToken, token_type: 'Bearer', expires_in: 604_800, scope: 'identify' });
    },
  },
];
