import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../../log.ts';
import { cookieOf } from './cookie.ts';
import type { LinkWords } from './link-words.ts';
import { escapeHtml, sendPlainPage } from './plain-page.ts';
import type { NewSignIn, SignInDesk } from './sign-in-desk.ts';

export interface SignInRoutesOptions {
  readonly desk: SignInDesk;
  readonly isHttps: boolean;
  readonly logger: Logger;
  readonly isOwnOrigin: (request: FastifyRequest) => boolean;
  /** What the one who opens a link is told of it. @throws StoreError */
  readonly tell: (link: { readonly userId: string; readonly target: string }) => Promise<LinkWords>;
}

interface LinkRoute {
  readonly Params: { readonly secret: string };
}

/** Hands the browser its cookie and sends it to the page. */
export const signIn = (reply: FastifyReply, fresh: NewSignIn, isHttps: boolean): FastifyReply => {
  const { name, options } = cookieOf(isHttps);
  return reply
    .setCookie(name, fresh.secret, { ...options, expires: new Date(fresh.lastsUntil) })
    .header('cache-control', 'no-store')
    .redirect(fresh.target, 303);
};

/**
 * `/sign-in/<secret>`: the link a person got for themselves. Opening it changes nothing, since chats look links up for a preview; the
 * button on it uses it up.
 */
export const signInRoutes = (
  app: FastifyInstance,
  { desk, isHttps, logger, isOwnOrigin, tell }: SignInRoutesOptions,
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
      const link = await desk.look(secret);
      if (!link) return refused(reply);
      const { who, where } = await tell(link);
      const action = escapeHtml(`/sign-in/${secret}`);
      return sendPlainPage(
        reply,
        200,
        'Sign in to Parley',
        `<p>You will be signed in as <strong><bdi>${escapeHtml(who)}</bdi></strong> and come to ${escapeHtml(where)}.</p>` +
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
