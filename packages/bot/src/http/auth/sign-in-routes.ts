import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../../log.ts';
import { cookieOf } from './cookie.ts';
import { escapeHtml, sendPlainPage } from './plain-page.ts';
import { isSecret } from './secret.ts';
import type { NewSignIn, SignInDesk } from './sign-in-desk.ts';

export interface SignInRoutesOptions {
  readonly desk: SignInDesk;
  readonly isHttps: boolean;
  readonly logger: Logger;
  readonly isOwnOrigin: (request: FastifyRequest) => boolean;
}

interface LinkRoute {
  readonly Params: { readonly secret: string };
}

/** Hands the browser its cookie and sends it to the page. */
export const signIn = (reply: FastifyReply, fresh: NewSignIn, isHttps: boolean): FastifyReply => {
  const { name, options } = cookieOf(isHttps);
  return reply
    .setCookie(name, fresh.secret, { ...options, expires: new Date(fresh.expiresAt) })
    .header('cache-control', 'no-store')
    .redirect(fresh.target, 303);
};

/**
 * `/sign-in/<secret>`: the link a person got for themselves. Opening it changes nothing, since chats look links up for a preview; the
 * button on it uses it up.
 */
export const signInRoutes = (
  app: FastifyInstance,
  { desk, isHttps, logger, isOwnOrigin }: SignInRoutesOptions,
): void => {
  const refused = (reply: FastifyReply) =>
    sendPlainPage(
      reply,
      410,
      'This link does not work any more',
      '<p>A link signs in once, within ten minutes, and a newer one replaces it. Get another in Discord: type <code>/parley web</code>.</p>',
    );
  app.route<LinkRoute>({
    method: 'GET',
    url: '/sign-in/:secret',
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { secret } = request.params;
      if (!isSecret(secret)) return refused(reply);
      const action = escapeHtml(`/sign-in/${secret}`);
      return sendPlainPage(
        reply,
        200,
        'Sign in to Parley',
        `<p>This link is for you alone: whoever uses it sees your recordings.</p><form method="post" action="${action}"><button type="submit">Sign in</button></form>`,
      );
    },
  });
  app.route<LinkRoute>({
    method: 'POST',
    url: '/sign-in/:secret',
    handler: async (request, reply) => {
      // Another site could sign its visitors in as somebody else, and see what they do there.
      if (!isOwnOrigin(request)) return refused(reply);
      const fresh = await desk.use(request.params.secret);
      if (!fresh) return refused(reply);
      logger.info({}, 'somebody signed in by a link');
      return signIn(reply, fresh, isHttps);
    },
  });
};
