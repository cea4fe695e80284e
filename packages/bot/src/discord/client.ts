import { Client, Events, GatewayIntentBits, Options, Partials } from 'discord.js';
import type { Logger } from '../log.ts';

/** What went wrong at the door of Discord, in words for the person who starts Parley. */
export const loginErrors = {
  invalid_token:
    'Discord does not accept the token. Check DISCORD_TOKEN (docs/setting-up-a-bot.md says where to find it).',
  unreachable: 'Discord could not be reached. Check the network of this machine.',
  intents_refused: 'Discord refuses the intents Parley needs (Guilds, Voice States, Messages).',
  failed: 'The login to Discord failed.',
} as const satisfies Record<string, string>;

export type LoginErrorCode = keyof typeof loginErrors;

export class LoginError extends Error {
  readonly code: LoginErrorCode;

  constructor(code: LoginErrorCode, cause: unknown) {
    super(loginErrors[code], { cause });
    this.name = 'LoginError';
    this.code = code;
  }
}

export interface ClientOptions {
  readonly token: string;
  /** Base URL of the REST API without the version; undefined: Discord's own. */
  readonly apiBase?: string | undefined;
  readonly logger: Logger;
  /** Attaches listeners before the login, so that nothing is missed. Called again for a second client. */
  readonly bind: (client: Client) => void;
}

const baseIntents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates, GatewayIntentBits.GuildMessages];

/** What is done about a refused Message Content intent (gateway close code 4014). */
export const messageContentHint =
  'Discord refuses the Message Content intent: text commands work by mention only. To use a prefix, switch on "Message Content Intent" ' +
  'in the Developer Portal (your application, Bot, Privileged Gateway Intents) and start Parley again. Slash commands are not affected.';

/**
 * Logs in and waits until all guilds are known. Message Content is asked for and done without where Discord refuses it: slash commands
 * and mentions need no privileged intent.
 * @throws LoginError
 */
export const connectClient = async (
  options: ClientOptions,
): Promise<{ client: Client<true>; messageContent: boolean }> => {
  try {
    return { client: await login(options, [...baseIntents, GatewayIntentBits.MessageContent]), messageContent: true };
  } catch (error) {
    if (!isDisallowedIntents(error)) throw toLoginError(error);
    options.logger.warn({ code: 4014 }, messageContentHint);
  }
  try {
    return { client: await login(options, baseIntents), messageContent: false };
  } catch (error) {
    throw toLoginError(error);
  }
};

const login = async (
  { token, apiBase, bind, logger }: ClientOptions,
  intents: GatewayIntentBits[],
): Promise<Client<true>> => {
  const client = new Client({
    intents,
    partials: [Partials.Channel],
    rest: apiBase === undefined ? {} : { api: apiBase },
    allowedMentions: { parse: [] },
    // Messages are acted upon when they come; Parley keeps none.
    makeCache: Options.cacheWithLimits({ ...Options.DefaultMakeCacheSettings, MessageManager: 0 }),
  });
  client.on(Events.Error, (error) => logger.error({ err: error }, 'discord client'));
  client.on(Events.Warn, (message) => logger.warn({ message }, 'discord client'));
  client.on(Events.ShardError, (error, shardId) => logger.warn({ err: error, shardId }, 'gateway'));
  bind(client);
  const ready = Promise.withResolvers<Client<true>>();
  client.once(Events.ClientReady, (readyClient) => ready.resolve(readyClient));
  try {
    await client.login(token);
    return await ready.promise;
  } catch (error) {
    await client.destroy().catch(() => undefined);
    throw error;
  }
};

const isDisallowedIntents = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Used disallowed intents';

const toLoginError = (error: unknown): LoginError => {
  const { code, status, message } = (error ?? {}) as { code?: unknown; status?: unknown; message?: string };
  if (code === 'TokenInvalid' || status === 401 || message === 'Authentication failed') {
    return new LoginError('invalid_token', error);
  }
  if (isDisallowedIntents(error) || message === 'Used invalid intents') return new LoginError('intents_refused', error);
  if (typeof code === 'string' && /^(E[A-Z]+|UND_ERR_.*)$/.test(code)) return new LoginError('unreachable', error);
  return new LoginError('failed', error);
};
