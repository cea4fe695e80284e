import type { Clock } from '@parley/protocol';
import type { Settings } from '../../config/settings-schema.ts';
import type { Logger } from '../../log.ts';
import type { AgentMemory } from '../../memory/session/agent-memory.ts';
import type { DiscordPort } from '../../session/discord-port.ts';
import { ConsentBook } from '../../session/people/consent-book.ts';
import type { Store } from '../../store/store.ts';
import { ContextKeeper } from '../context/context-keeper.ts';
import type { Conversation } from '../context/conversation.ts';
import { roomNews } from '../context/room-events.ts';
import { micGates } from '../hearing/gate.ts';
import { Hearing } from '../hearing/hearing.ts';
import type { WordsSource } from '../hearing/words/words-source.ts';
import type { AgentLogSink } from '../observe/agent-log.ts';
import type { TurnStage } from '../observe/turn-stage.ts';
import { TurnTraces } from '../observe/turn-traces.ts';
import type { ProviderCapabilities } from '../provider/realtime-provider.ts';
import { Speaker } from '../speaking/speaker.ts';
import type { WordSource } from '../turns/index.ts';
import type { AgentBudget } from './agent-budget.ts';
import type { AgentHost } from './agent-host.ts';
import type { AgentModel } from './agent-model.ts';
import type { AgentPartsMaker } from './agent-parts.ts';
import { AgentRoom } from './agent-room.ts';
import { languageOf } from './language.ts';
import { type AgentBrain, makeReplies } from './make-replies.ts';
import { ProviderLink } from './provider-link.ts';
import type { ToolHost } from './tool-host.ts';

export interface PartsServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: Settings;
  readonly store: Pick<Store, 'consents'>;
  readonly discord: Pick<DiscordPort, 'ownName' | 'requester'>;
  readonly newId: () => string;
  /** In [0, 1); default: by chance. */
  readonly random?: () => number;
  readonly observeStage: (stage: TurnStage, seconds: number) => void;
}

/** What a session's agent is made of besides what every agent has. */
export interface PartsOptions {
  readonly host: AgentHost;
  readonly model: AgentModel;
  /** Who tells words before it is decided whom something was for; absent: the model itself, where it does. */
  readonly words?: { readonly kind: WordSource; readonly source: WordsSource | null };
  /** Who makes text of what is said for a model that is given text; null: it hears. */
  readonly recognizer: WordsSource | null;
  /** The text model that answers; null: the realtime model does. */
  readonly brain: AgentBrain | null;
  readonly tools: ToolHost | null;
  readonly budget: AgentBudget | null;
  readonly log: AgentLogSink;
  /** What was said so far; of an agent that takes over from another it is that one's. */
  readonly conversation: Conversation;
  /** Its provider is gone, and it would be silent. Must not throw. */
  readonly gone: () => void;
  /** What is remembered beyond this session; absent: nothing. */
  readonly memory?: AgentMemory;
  /** Names a speaker to the provider without naming them. */
  readonly safetyIdentifier: string | null;
}

/** A model that tells what it understood, and waits to be asked, lets it be decided afterwards whom something was for. */
const ownWords = ({ transcribesInput, answersTurnsItself }: ProviderCapabilities): WordSource =>
  transcribesInput && !answersTurnsItself ? 'provider' : 'none';

/** Minutes before the end of a session at which the model is told. */
const minutesTold = 10;

/** For a realtime model that speaks for a text model. */
const readAloud = 'You read aloud what you are given, word for word, and say nothing else.';

/** Puts together the parts of a session’s agent. */
export const agentParts =
  (services: PartsServices, options: PartsOptions): AgentPartsMaker =>
  (wiring) => {
    const { clock, logger, settings, discord, store, newId, observeStage } = services;
    const { host, model, tools, budget, log, conversation, gone } = options;
    const { provider } = model;
    const { capabilities } = provider;
    const words = options.words ?? { kind: ownWords(capabilities), source: null };
    const guild = () => host.guildSettings;
    const consents = new ConsentBook(guild(), 'heard_by_ai');
    const room = new AgentRoom({ host, consents, discord });
    const context = new ContextKeeper(() => {
      const { heard, unheard } = room.names;
      const { remainingMs } = host;
      const minutesLeft = remainingMs === null ? null : Math.ceil(remainingMs / 60_000);
      return {
        ...{ botName: room.ownNames[0], persona: guild().persona, heard, unheard },
        ...roomNews(host.announcer.recent.all, host.effects.recent, (userId) => room.nameOf(userId), clock.now()),
        summary: conversation.summary,
        memory: options.memory?.context ?? '',
        minutesLeft: minutesLeft !== null && minutesLeft <= minutesTold ? minutesLeft : null,
        textOnly: guild().textOnlyMode,
        language: languageOf(guild()).language,
        hasTools: tools !== null,
      };
    });
    const speaker = new Speaker({
      ...{ voxproc: host.voxproc, clock, newUtteranceId: newId },
      onOverflow: (droppedMs) => logger.warn({ droppedMs }, 'the model said more than is kept; the rest is not said'),
    });
    const link = new ProviderLink({
      provider,
      config: () => ({
        ...{ model: model.model, voice: model.voice },
        // One that only speaks for a text model is told nothing of what was said.
        ...(options.brain === null
          ? { instructions: context.instructions, tools: tools?.definitions ?? [], context: conversation.context }
          : { instructions: readAloud, tools: [], context: [] }),
        language: languageOf(guild()),
        inputTranscription: model.inputTranscription,
        // In incognito nobody is named to the provider, not even by a hash.
        safetyIdentifier: options.memory?.isIncognito === true ? null : options.safetyIdentifier,
        resumeHandle: null,
      }),
      ...{ clock, logger },
      on: {
        event: (event) => wiring.provider(event),
        ready: () => wiring.linkReady(),
        failed: (code, error) => wiring.linkFailed(code, error),
      },
    });
    if (tools && options.brain === null) void tools.ready.then(() => link.ready?.updateTools(tools.definitions));
    const replies = makeReplies({
      ...{ wiring, capabilities, link, speaker, room, context, conversation, tools, logger },
      ...{ model: model.model, recognizer: options.recognizer, brain: options.brain },
      textOnly: () => guild().textOnlyMode,
      spent: (spending) => wiring.spent(budget?.spent(spending) ?? null),
    });
    return {
      ...{ host, clock, logger, room, consents, conversation, context, speaker, replies, link, tools, budget, log },
      limits: {
        awakeMs: settings.agent.restAfterMinutes * 60_000,
        inactivityMs: settings.agent.restAfterIdleSeconds * 1000,
      },
      understoodFor: (userId, audioMs) => {
        if (model.transcriptionModel === null || options.recognizer !== null) return;
        const spending = {
          role: 'transcription',
          model: model.transcriptionModel,
          speakers: [userId],
          audioMs,
        } as const;
        wiring.spent(budget?.spent(spending) ?? null);
      },
      ...{ vendor: model.vendor, gone },
      needsLink: options.brain === null || options.brain.speech === null,
      loadConsents: () => consents.load(store, host.info.guildId, logger),
      words: words.kind,
      recognizer: options.recognizer,
      hearing: new Hearing({
        ...{ voxproc: host.voxproc, clock, logger, newCaptureId: newId, words: words.source },
        sampleRate: capabilities.inputRate ?? 24_000,
        silenceMs: () => guild().captureSilenceMs,
        gate: micGates[settings.agent.micSensitivity],
        mayHear: (userId) => room.mayHear(userId),
        on: (event) => wiring.heard(event),
      }),
      refresh: () => {
        if (link.ready && options.brain === null) context.refresh(link.ready, capabilities.updatesInstructions);
      },
      prepare: (userId) => {
        if (room.mayHear(userId)) options.recognizer?.prepare?.(userId);
      },
      memory: options.memory ?? null,
      traces: new TurnTraces({ clock, log, observe: observeStage }),
      greeting: () => ({
        ...{ why: 'greeting', speakers: [] },
        instructions: 'You have just come into the channel. Greet the people who are there in one short sentence.',
      }),
      thought: () => ({
        ...{ why: 'thought', speakers: [] },
        instructions:
          'It has been quiet for a while. Say one short thing that fits what was talked about, or ask one short question. If there is nothing worth saying, say nothing.',
      }),
      random: services.random ?? Math.random,
      onTrouble: (error) => logger.warn({ err: error }, 'the conversation could not be summed up'),
    };
  };
