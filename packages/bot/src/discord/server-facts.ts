import type { Client } from 'discord.js';
import type { ServerFacts } from '../ops/ask-discord.ts';

/** The servers the bot is in, as the gateway told of them; of one that is away it is not known what the bot may do there. */
export const serverFactsOf = (client: Client<true>): ServerFacts[] =>
  [...client.guilds.cache.values()].map(({ id, name, available, members: { me } }) => ({
    ...{ id, name },
    permissions: available && me ? me.permissions.bitfield : null,
  }));
