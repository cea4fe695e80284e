import type { Clock } from '@parley/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Logger } from '../../../log.ts';
import { cookieOf } from '../cookie.ts';
import { escapeHtml, sendPlainPage } from '../plain-page.ts';
import type { SignInDesk } from '../sign-in-desk.ts';
import { signIn } from '../sign-in-routes.ts';
import type { DiscordOAuth } from './discord-oauth.ts';
import { OAuthFailure, oauthFailureWords } from './oauth-failure.ts';
import { PendingSignIns, pendingMs } from './pending-sign-ins.ts';

export interface OAuthRoutesOptions {
  readonly oauth: DiscordOAuth;
  readonly desk: SignInDesk;
  readonly clock: Clock;
  readonly isHttps: boolean;
  readonly logger: Logger;
}

const targetSchema = z.string().max(200).catch('/');
const comingBack = z.object({
  state: z.string().max(200).optional().catch(undefined),
  code: z.string().min(1).max(512).optional().catch(undefined),
  error: z.string().min(1).max(100).optional().catch(undefined),
});

/** `/oauth/start?to=<path>` sends a browser to Discord, `/oauth/callback` is where it comes back and is signed in. */
export const oauthRoutes = (app: FastifyInstance, options: OAuthRoutesOptions): void => {
  const { oauth, desk, clock, isHttps, logger } = options;
  const pendings = new PendingSignIns(clock);
  const cookie = cookieOf(isHttps, 'oauth');

  const userOf = async (request: FastifyRequest) => {
    const { state, code, error } = comingBack.parse(request.query);
    const pending = pendings.end(request.cookies[cookie.name], state);
    if (error === 'access_denied') throw new OAuthFailure('denied', 'it was refused at Discord');
    if (code === undefined) throw new OAuthFailure('discord_refused', `Discord said ${error ?? 'nothing'}`);
    return { userId: await oauth.userOf(code, pending.verifier), target: pending.target };
  };

  const sayFailure = (reply: FastifyReply, error: unknown): FastifyReply => {
    if (!(error instanceof OAuthFailure)) throw error;
    const isOurs = error.code === 'wrong_secret' || error.code === 'discord_refused' || error.code === 'discord_down';
    logger[isOurs ? 'warn' : 'info']({ err: error, code: error.code }, 'a sign-in by Discord failed');
    const { status, title, text } = oauthFailureWords[error.code];
    return sendPlainPage(reply, status, title, `<p>${escapeHtml(text)}</p><p><a href="/">To the first page</a></p>`);
  };

  app.route<{ Querystring: { readonly to?: unknown } }>({
    method: 'GET',
    url: '/oauth/start',
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { state, challenge, sealed } = pendings.begin(targetSchema.parse(request.query.to));
      return reply
        .setCookie(cookie.name, sealed, { ...cookie.options, maxAge: pendingMs / 1000 })
        .header('cache-control', 'no-store')
        .redirect(oauth.authorizeUrl(state, challenge), 303);
    },
  });
  app.route({
    method: 'GET',
    url: '/oauth/callback',
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      reply.clearCookie(cookie.name, cookie.options);
      try {
        const { userId, target } = await userOf(request);
        logger.info({}, 'somebody signed in by Discord');
        return signIn(reply, await desk.begin(userId, target), isHttps);
      } catch (error) {
        return sayFailure(reply, error);
      }
    },
  });
};
