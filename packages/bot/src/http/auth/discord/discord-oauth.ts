import type { Clock } from '@parley/protocol';
import { z } from 'zod';
import type { Settings } from '../../../config/settings-schema.ts';
import { OAuthFailure } from './oauth-failure.ts';

/** How long Discord may take over one request, milliseconds. */
export const answerMs = 10_000;

export interface DiscordOAuthOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Base of the REST API, for simulators; null: Discord's own. */
  readonly apiBase: string | null;
  /** The URL people use; Discord sends them back to `/oauth/callback` of it. */
  readonly publicUrl: string;
  readonly clock: Clock;
}

const tokenSchema = z.object({ access_token: z.string().min(1), token_type: z.string() });
const tokenErrorSchema = z.object({ error: z.string() });
const userSchema = z.object({ id: z.string().regex(/^\d{17,20}$/) });

/** Asks Discord who somebody is (Discord's reference: "OAuth2", authorization code grant; RFC 6749 §4.1, RFC 7636). */
export class DiscordOAuth {
  #options: DiscordOAuthOptions;
  #api: string;

  constructor(options: DiscordOAuthOptions) {
    this.#options = options;
    this.#api = `${options.apiBase ?? 'https://discord.com/api'}/v10`;
  }

  /** Where a browser is sent, to be asked whether Parley may know who sits there. */
  authorizeUrl(state: string, challenge: string): string {
    const { clientId, apiBase } = this.#options;
    const url = new URL(apiBase === null ? 'https://discord.com/oauth2/authorize' : `${apiBase}/oauth2/authorize`);
    const query = {
      ...{ response_type: 'code', client_id: clientId, scope: 'identify', redirect_uri: this.#redirectUri },
      ...{ state, code_challenge: challenge, code_challenge_method: 'S256' },
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }

  /** Id of the user a code stands for. @throws OAuthFailure code_refused, wrong_secret, discord_refused, discord_down */
  async userOf(code: string, verifier: string): Promise<string> {
    const { clientId, clientSecret } = this.#options;
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
    const token = await this.#ask('/oauth2/token', tokenSchema, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', code, redirect_uri: this.#redirectUri, code_verifier: verifier },
      }),
    });
    const { id } = await this.#ask('/users/@me', userSchema, {
      headers: { authorization: `Bearer ${token.access_token}` },
    });
    return id;
  }

  get #redirectUri(): string {
    return new URL('/oauth/callback', this.#options.publicUrl).href;
  }

  async #ask<T>(path: string, schema: z.ZodType<T>, init: RequestInit): Promise<T> {
    const late = new AbortController();
    using _timer = this.#options.clock.setTimeout(() => late.abort(new Error(`no answer in ${answerMs} ms`)), answerMs);
    let status: number;
    let body: unknown;
    try {
      const response = await fetch(`${this.#api}${path}`, { ...init, redirect: 'error', signal: late.signal });
      status = response.status;
      body = await response.json().catch((error: unknown) => {
        if (late.signal.aborted) throw error;
        return null; // an error page of something between
      });
    } catch (error) {
      throw new OAuthFailure('discord_down', `${path} could not be asked`, error);
    }
    if (status >= 300) throw failureOf(path, status, body);
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw new OAuthFailure('discord_down', `${path} gave something else than expected`);
    return parsed.data;
  }
}

/** What Discord's refusal means (RFC 6749 §5.2). */
const failureOf = (path: string, status: number, body: unknown): OAuthFailure => {
  const error = tokenErrorSchema.safeParse(body).data?.error ?? null;
  const said = `${path} answered ${status}${error === null ? '' : ` ${error.slice(0, 60)}`}`;
  if (status === 429 || status >= 500) return new OAuthFailure('discord_down', said);
  if (error === 'invalid_client' || (status === 401 && path === '/oauth2/token')) {
    return new OAuthFailure('wrong_secret', said);
  }
  return new OAuthFailure(error === 'invalid_grant' ? 'code_refused' : 'discord_refused', said);
};

/** null: signing in by Discord is not set up. */
export const discordOAuthOf = (
  { discord, publicUrl }: Pick<Settings, 'discord' | 'publicUrl'>,
  clock: Clock,
): DiscordOAuth | null => {
  const { clientId, clientSecret, apiBase = null } = discord;
  if (clientId === undefined || clientSecret === undefined || publicUrl === undefined) return null;
  return new DiscordOAuth({ clientId, clientSecret, apiBase, publicUrl, clock });
};
