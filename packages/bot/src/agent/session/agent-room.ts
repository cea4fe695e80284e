import type { DiscordPort, VoicePerson } from '../../session/discord-port.ts';
import type { ConsentBook } from '../../session/people/consent-book.ts';
import type { FloorPerson } from '../turns/index.ts';
import type { AgentHost } from './agent-host.ts';

/** Put before the bot's name while it records. */
const recordingMark = /^\[REC\] /;

/** What the bot is called in a server, its own name first. Pure. */
export const ownNamesOf = (own: ReturnType<DiscordPort['ownName']>): readonly [string, ...string[]] => {
  const shown = own?.nickname?.replace(recordingMark, '') ?? own?.username ?? 'Parley';
  return [shown, ...(own && own.username !== shown ? [own.username] : [])];
};

export interface AgentRoomOptions {
  readonly host: Pick<AgentHost, 'info' | 'guildSettings' | 'people'>;
  /** Who agreed to be heard by the AI. */
  readonly consents: Pick<ConsentBook, 'mayRecord'>;
  readonly discord: Pick<DiscordPort, 'ownName' | 'requester'>;
}

/** Who is in the channel as the agent sees it: whom it may hear, and what everybody is called. */
export class AgentRoom {
  readonly #options: AgentRoomOptions;
  #heard: ReadonlySet<string> = new Set();

  constructor(options: AgentRoomOptions) {
    this.#options = options;
  }

  /** Works out anew who may be heard. @returns everybody, for the floor */
  refresh(): readonly FloorPerson[] {
    const { people } = this.#options.host;
    const recorded = new Set(people.recorded.yes);
    const { present } = people.membership;
    this.#heard = new Set(
      present
        .filter((person) => person.bot === false && recorded.has(person.userId) && this.#agreed(person))
        .map(({ userId }) => userId),
    );
    return present.map(({ userId, displayName, username, bot }) => ({
      ...{ userId, names: [...new Set([displayName, username])] },
      ...{ human: bot !== true, heard: this.#heard.has(userId) },
    }));
  }

  /** Who is there and was heard until now, but may not be any more: they have withdrawn, and have not just left. */
  withdrawnFrom(before: ReadonlySet<string>): readonly string[] {
    const { membership } = this.#options.host.people;
    return [...before].filter((userId) => membership.isPresent(userId) && !this.#heard.has(userId));
  }

  /** Whom it may hear. */
  get heard(): ReadonlySet<string> {
    return this.#heard;
  }

  /** A human who is there, has not opted out, agreed to be heard by the AI, and may talk with the agent. */
  mayHear(userId: string): boolean {
    return this.#heard.has(userId);
  }

  nameOf(userId: string): string {
    return this.#options.host.people.membership.get(userId)?.displayName ?? 'somebody';
  }

  /** Names of the humans who are there, by whether they are heard. */
  get names(): { readonly heard: readonly string[]; readonly unheard: readonly string[] } {
    const humans = this.#options.host.people.membership.present.filter(({ bot }) => bot !== true);
    const of = (heard: boolean): string[] =>
      humans.filter(({ userId }) => this.#heard.has(userId) === heard).map(({ displayName }) => displayName);
    return { heard: of(true), unheard: of(false) };
  }

  /** What the bot is called here, its own name first. */
  get ownNames(): readonly [string, ...string[]] {
    const { host, discord } = this.#options;
    return ownNamesOf(discord.ownName(host.info.guildId));
  }

  #agreed(person: VoicePerson): boolean {
    const { host, consents, discord } = this.#options;
    if (!consents.mayRecord(person)) return false;
    const { whoMayUseAgent, agentRoleIds } = host.guildSettings;
    if (whoMayUseAgent === 'everyone' || person.roleIds.some((role) => agentRoleIds.includes(role))) return true;
    return discord.requester(host.info.guildId, person.userId)?.canManageGuild ?? false;
  }
}
