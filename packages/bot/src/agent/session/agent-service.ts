import type { Clock } from '@parley/protocol';
import type { GuildSettings } from '../../config/guild-settings.ts';
import type { Settings } from '../../config/settings-schema.ts';
import type { Logger } from '../../log.ts';
import type { AgentMemory } from '../../memory/session/agent-memory.ts';
import type { AgentMode, AgentReadiness } from '../../policy/agent-readiness.ts';
import type { PersonHash } from '../../recordings/erasure/person-hash.ts';
import type { DiscordPort } from '../../session/discord-port.ts';
import type { AgentClient, AgentConnector } from '../../session/join/agent-connector.ts';
import type { Store } from '../../store/store.ts';
import { openBrain } from '../../transcripts/service/open-transcription.ts';
import type { Background } from '../../vox/background.ts';
import { Conversation } from '../context/conversation.ts';
import { summarizeWith } from '../context/summarize.ts';
import type { LocalRecognizer } from '../hearing/words/find-pocketsphinx.ts';
import { PocketsphinxWords, type PocketsphinxWordsOptions } from '../hearing/words/pocketsphinx-words.ts';
import type { WordsSource } from '../hearing/words/words-source.ts';
import { unseenSpending } from '../money/unseen-spending.ts';
import type { AgentLogSink } from '../observe/agent-log.ts';
import type { TurnStage } from '../observe/turn-stage.ts';
import { resilientProvider } from '../provider/resilient/resilient-provider.ts';
import type { TlsTrust } from '../provider/socket/dial.ts';
import type { AgentBudget, Spending } from './agent-budget.ts';
import type { AgentHost } from './agent-host.ts';
import { modeOf, openModel } from './agent-model.ts';
import { ownNamesOf } from './agent-room.ts';
import { FallbackAgent } from './fallback-agent.ts';
import { agentParts, type PartsOptions } from './make-parts.ts';
import { brainOf } from './open-brain.ts';
import { readinessOf } from './readiness.ts';
import { recognizerOf } from './recognizers.ts';
import { SessionAgent } from './session-agent.ts';
import type { ToolHost } from './tool-host.ts';

export interface AgentServiceOptions {
  readonly settings: Settings;
  readonly store: Pick<Store, 'consents'>;
  readonly discord: Pick<DiscordPort, 'ownName' | 'requester'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  readonly newId: () => string;
  readonly observeStage: (stage: TurnStage, seconds: number) => void;
  /** Where what an agent decides is kept. */
  readonly logOf: (host: AgentHost) => AgentLogSink;
  /** What is remembered of a session, and told in it. */
  readonly memoryOf: (host: AgentHost) => AgentMemory;
  /** The tools of a session; null: none. */
  readonly toolsOf: (host: AgentHost) => ToolHost | null;
  /** What a session may spend; null: nobody counts. */
  readonly budgetOf: (host: AgentHost) => AgentBudget | null;
  /** What stands for a person towards a vendor: the same for the same one, and nobody can tell who it is. */
  readonly hash: PersonHash;
  /** The recognizer on this host; null: none is installed. */
  readonly findLocal: () => LocalRecognizer | null;
  /** Whose certificates are trusted besides the usual ones. */
  readonly trust?: TlsTrust;
}

/** What the agents of one session have in common, whichever of them speaks. */
interface Shared {
  readonly budget: AgentBudget | null;
  readonly conversation: Conversation;
}

/** Makes the agents of this installation's sessions, as the settings of each guild want them. */
export class AgentService implements AgentConnector {
  readonly #options: AgentServiceOptions;

  constructor(options: AgentServiceOptions) {
    this.#options = options;
  }

  async readiness(_guildId: string, guildSettings: GuildSettings): Promise<AgentReadiness | null> {
    const { settings } = this.#options;
    const mode = modeOf(guildSettings);
    if (mode === null) return null;
    const { provider } = openModel(mode, this.#options);
    return readinessOf(settings, guildSettings, provider.capabilities.asr);
  }

  /** @throws Error where the guild's mode wants none */
  open(host: AgentHost): AgentClient {
    const { settings, clock, logger, background, budgetOf } = this.#options;
    const mode = modeOf(host.guildSettings);
    if (mode === null) throw new Error('this server only records');
    const textModel = openBrain(settings, clock);
    const shared: Shared = {
      budget: budgetOf(host),
      conversation: new Conversation(textModel === null ? null : summarizeWith(textModel)),
    };
    const others = settings.agent.fallbackModes.filter((other) => other !== mode);
    if (others.length === 0) return this.#open(host, mode, shared, () => undefined);
    const { sessionId, guildId } = host.info;
    return new FallbackAgent({
      modes: [mode, ...others],
      open: (which, gone) => this.#open(host, which, shared, gone),
      ...{ background, logger: logger.child({ sessionId, guildId }) },
      onTakenOver: (provider) => host.announcer.say({ kind: 'agent_taken_over', details: { provider } }),
    });
  }

  /** @throws Error where the mode cannot be had */
  #open(host: AgentHost, mode: AgentMode, { budget, conversation }: Shared, gone: () => void): SessionAgent {
    const options = this.#options;
    const { clock, logger, background } = options;
    const { sessionId, guildId } = host.info;
    const model = openModel(mode, options);
    const log = logger.child({ sessionId, guildId, agent: mode });
    const pay = (spending: Spending): void => agent.spent(budget?.spent(spending) ?? null);
    const provider = resilientProvider(model.provider, {
      ...{ clock, background, logger: log },
      onPaid: (paid) => pay(unseenSpending(model.model, paid)),
    });
    const recognizer = recognizerOf({
      ...{ settings: options.settings, guild: () => host.guildSettings, clock, logger: log },
      supports: model.provider.capabilities.asr,
      spent: pay,
    });
    // It understands English alone.
    const wanted =
      options.settings.agent.localRecognizer === 'auto' && /^(?:en)?$/.test(host.guildSettings.languageHint);
    const found = wanted ? options.findLocal() : null;
    const local =
      found === null ? null : { ...found, clock, logger: log, names: () => wakeNamesOf(host, options.discord) };
    const brain = brainOf(options.settings, host.guildSettings, clock);
    const agent: SessionAgent = new SessionAgent(
      agentParts(
        { ...options, logger: log },
        {
          ...{ host, recognizer, ...wordsOf(recognizer, local) },
          model: { ...model, provider },
          brain,
          // A model that only reads aloud calls none, and a text model is not offered any.
          ...{ tools: brain === null ? options.toolsOf(host) : null, budget, log: options.logOf(host) },
          ...{ conversation, gone, memory: options.memoryOf(host) },
          safetyIdentifier: options.hash(host.info.requestedByUserId).slice(0, 32),
        },
      ),
    );
    return agent;
  }
}

/** Who tells words first: a recognizer on this host, so that nothing leaves it before that; else whoever makes text anyway. */
const wordsOf = (
  recognizer: WordsSource | null,
  local: PocketsphinxWordsOptions | null,
): Pick<PartsOptions, 'words'> => {
  if (local !== null) return { words: { kind: 'local', source: new PocketsphinxWords(local) } };
  return recognizer === null ? {} : { words: { kind: 'asr', source: recognizer } };
};

const wakeNamesOf = (host: AgentHost, discord: Pick<DiscordPort, 'ownName'>): readonly string[] => [
  ...ownNamesOf(discord.ownName(host.info.guildId)),
  ...host.guildSettings.wakeNames,
];
