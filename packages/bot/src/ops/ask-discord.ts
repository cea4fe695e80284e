import type { Clock } from '@parley/protocol';
import { z } from 'zod';
import { version } from '../version.ts';

/** How long each question to Discord may take, milliseconds. */
const timeoutMs = 10_000;
/** Discord wants this form ("User Agent" in its API reference). */
const userAgent = `DiscordBot (https://parley.invalid, ${version})`;
const discordApi = 'https://discord.com/api';

/** A server the bot is in, with what its roles let it do there (Discord: "Get Current User Guilds"). */
export interface ServerFacts {
  readonly id: string;
  readonly name: string;
  /** null: not known. */
  readonly permissions: bigint | null;
}

/** What Discord says to a token. */
export type DiscordFacts =
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'token_refused' }
  | {
      readonly kind: 'known';
      readonly botName: string;
      /** Whether the Message Content intent is switched on for the application. */
      readonly messageContent: boolean;
      readonly servers: readonly ServerFacts[];
      /** This machine's clock minus Discord's, milliseconds, ± a second; null where it did not say. */
      readonly clockOffsetMs: number | null;
    };

export interface AskOptions {
  readonly token: string;
  /** Base URL without the version; undefined: Discord's own. */
  readonly apiBase: string | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
}

const userSchema = z.object({ username: z.string() });
const applicationSchema = z.object({ flags: z.int().optional() });
const guildsSchema = z.array(z.object({ id: z.string(), name: z.string(), permissions: z.string().regex(/^\d+$/) }));

/** GATEWAY_MESSAGE_CONTENT and GATEWAY_MESSAGE_CONTENT_LIMITED (Discord: "Application Flags"). */
const messageContentFlags = (1 << 18) | (1 << 19);

/** Asks Discord who the token belongs to, what it may, and what time it is. Changes nothing there. Never rejects. */
export const askDiscord = async (options: AskOptions): Promise<DiscordFacts> => {
  try {
    const user = await ask(options, '/users/@me');
    if (user.status === 401) return { kind: 'token_refused' };
    const { username } = userSchema.parse(await bodyOf(user));
    const application = applicationSchema.parse(await bodyOf(await ask(options, '/applications/@me')));
    const guilds = guildsSchema.parse(await bodyOf(await ask(options, '/users/@me/guilds')));
    return {
      kind: 'known',
      botName: username,
      messageContent: ((application.flags ?? 0) & messageContentFlags) !== 0,
      servers: guilds.map(({ id, name, permissions }) => ({ id, name, permissions: BigInt(permissions) })),
      clockOffsetMs: offsetOf(user.headers.get('date'), options.clock.now()),
    };
  } catch (error) {
    return { kind: 'unreachable', detail: detailOf(error) };
  }
};

const ask = async ({ token, apiBase, signal }: AskOptions, path: string): Promise<Response> =>
  await fetch(`${apiBase ?? discordApi}/v10${path}`, {
    headers: { authorization: `Bot ${token}`, 'user-agent': userAgent },
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });

const bodyOf = async (response: Response): Promise<unknown> => {
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return await response.json();
};

const offsetOf = (date: string | null, now: number): number | null => {
  const at = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(at) ? null : now - at;
};

/** fetch hides the cause of a failed connection one level down. */
const detailOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
};
