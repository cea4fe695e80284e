import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { Store } from '../../store/index.ts';
import { liveHandler } from '../api/live-handler.ts';
import { personHandlers } from '../api/person-handlers.ts';
import { recordingHandlers } from '../api/recording-handlers.ts';
import { registerApi } from '../api/register-api.ts';
import type { ApiServices } from '../api/services.ts';
import type { DiscordOAuth } from '../auth/discord/discord-oauth.ts';
import { oauthRoutes } from '../auth/discord/oauth-routes.ts';
import { linkWordsWith } from '../auth/link-words.ts';
import { ownOrigin } from '../auth/own-origin.ts';
import { signInRoutes } from '../auth/sign-in-routes.ts';
import { viewerOf } from '../auth/viewer-of.ts';
import { limitRequests } from '../request-limits.ts';
import { servePages } from './serve-pages.ts';

export interface PagesOptions extends ApiServices {
  readonly store: Pick<Store, 'guildSettings' | 'participants' | 'consents' | 'apiTokens'>;
  /** Folder of the built pages; null: the interface only. */
  readonly dist: string | null;
  /** The URL people use, when there is one; it decides whether cookies need https. */
  readonly publicUrl: string | null;
  /** The server's own URL, known once it listens. */
  readonly ownUrl: () => string;
  /** Signing in by Discord, where it is set up. */
  readonly oauth?: DiscordOAuth | null;
}

/** The pages, the interface behind them, and the way to sign in. */
export const startPages = async (app: FastifyInstance, options: PagesOptions): Promise<void> => {
  const { desk, store, clock, logger, access, publicUrl, ownUrl, dist, oauth = null } = options;
  const isHttps = publicUrl?.startsWith('https:') ?? false;
  const isOwnOrigin = ownOrigin(() =>
    [ownUrl(), ...(publicUrl === null ? [] : [publicUrl])].map((url) => new URL(url).origin),
  );
  await app.register(cookie);
  await app.register(async (scope) => {
    await limitRequests(scope, 'api');
    const who = viewerOf({ desk, store, clock, isHttps });
    const handlers = {
      ...{ ...recordingHandlers(options), ...personHandlers(options), ...liveHandler(options, who) },
      signInWays: async () => ({ discord: oauth !== null }),
    };
    registerApi(scope, { handlers, access, viewerOf: who, isOwnOrigin });
  });
  await app.register(async (scope) => {
    await limitRequests(scope, 'signIn');
    // The button of a sign-in page sends a form with nothing in it.
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { bodyLimit: 1024, parseAs: 'string' },
      (_request, _body, done) => done(null, {}),
    );
    signInRoutes(scope, { desk, isHttps, logger, isOwnOrigin, tell: linkWordsWith(options) });
    if (oauth) oauthRoutes(scope, { oauth, desk, clock, isHttps, logger });
  });
  if (dist !== null) {
    await app.register(async (scope) => {
      await limitRequests(scope, 'page');
      await servePages(scope, dist);
    });
  } else logger.warn({}, 'the pages are not built, only the interface behind them is served: npm run build');
};
