import type { UnaskedWish } from '../agent/replies/reply-path.ts';
import type { GuildSettings } from '../config/guild-settings.ts';
import type { AgentReadiness } from '../policy/agent-readiness.ts';
import type { AgentClient, AgentConnector, AgentState } from '../session/join/agent-connector.ts';

/** How an agent behaves; by default it connects at once and greets. */
export interface AgentScript {
  readonly connect?: (signal: AbortSignal) => Promise<void>;
  readonly greet?: () => Promise<void>;
  readonly close?: () => Promise<void>;
  /** What differs from an agent that is awake. */
  readonly state?: () => Partial<AgentState>;
  readonly wake?: () => boolean;
  readonly say?: (wish: UnaskedWish) => boolean;
  readonly readiness?: (guildSettings: GuildSettings) => Promise<AgentReadiness | null>;
}

/** An agent that lacks nothing: speech to OpenAI's realtime model and back. */
export const readyAgent: AgentReadiness = {
  settings: {
    mode: 'openai_realtime',
    replyPath: 'native',
    textOnlyMode: false,
    transcriptionMethod: 'realtime_bridge',
    transcriberProvider: 'openai',
    usePerUserAsrBridge: true,
    ttsMode: 'realtime',
    ttsProvider: 'openai',
    hasElevenLabsVoiceId: true,
  },
  services: {
    keys: { openai: true, xai: true, gemini: true, elevenlabs: true },
    fileAsrReady: true,
    speechSynthesisReady: true,
    brainReady: true,
    supports: { perUserAsr: true, sharedAsr: true },
  },
};

/** Agents that follow a script and keep what became of them, in order. */
export class ScriptedAgents implements AgentConnector {
  readonly events: string[] = [];
  #script: AgentScript;

  constructor(script: AgentScript = {}) {
    this.#script = script;
  }

  async readiness(_guildId: string, guildSettings: GuildSettings): Promise<AgentReadiness | null> {
    return this.#script.readiness ? await this.#script.readiness(guildSettings) : readyAgent;
  }

  open(): AgentClient {
    const { connect, greet, close, state, wake, say } = this.#script;
    this.events.push('opened');
    return {
      connect: async (signal) => {
        await connect?.(signal);
        this.events.push('connected');
      },
      get state(): AgentState {
        const awake = {
          phase: 'awake',
          resting: null,
          speaking: false,
          silent: false,
          vendor: 'OpenAI',
          usd: 0,
        } as const;
        return { ...awake, ...state?.() };
      },
      wake: () => this.events.push('woken') > 0 && (wake?.() ?? true),
      sendToRest: () => void this.events.push('sent to rest'),
      say: (wish) => this.events.push(`says ${wish.why}`) > 0 && (say?.(wish) ?? true),
      music: (on) => void this.events.push(on ? 'music' : 'no music'),
      muted: (on) => void this.events.push(on ? 'muted' : 'unmuted'),
      quiet: async () => void this.events.push('quiet'),
      live: () => void this.events.push('live'),
      peopleChanged: () => undefined,
      consentDecided: (userId, decision) => void this.events.push(`${decision} ${userId}`),
      settingsChanged: () => void this.events.push('settings changed'),
      greet: async () => {
        this.events.push('greeted');
        await greet?.();
      },
      [Symbol.asyncDispose]: async () => {
        this.events.push('closed');
        await close?.();
      },
    };
  }
}
