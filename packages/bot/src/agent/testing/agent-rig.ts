import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import type { GuildSettings } from '../../config/guild-settings.ts';
import { guildDefaultsOf, parseSettings } from '../../config/index.ts';
import type { UserMessage } from '../../notify/index.ts';
import type { VoicePerson } from '../../session/discord-port.ts';
import { Membership } from '../../session/people/membership.ts';
import { RecentEvents } from '../../session/recent-events.ts';
import type { SessionInfo } from '../../session/session-services.ts';
import { alice, bob, FakeDiscord, guildA, textA } from '../../testing/fake-discord.ts';
import type { VoxprocVoice } from '../../vox/voxproc-voice.ts';
import { Conversation } from '../context/conversation.ts';
import type { KeptCapture } from '../hearing/kept-capture.ts';
import { SharedWords } from '../hearing/words/shared-words.ts';
import type { OnWords, WordsSource } from '../hearing/words/words-source.ts';
import type { AgentLogEntry } from '../observe/agent-log.ts';
import type { ProviderCapabilities } from '../provider/realtime-provider.ts';
import { FakeProvider } from '../provider/testing/fake-provider.ts';
import type { AgentBudget } from '../session/agent-budget.ts';
import type { AgentHost } from '../session/agent-host.ts';
import { agentParts } from '../session/make-parts.ts';
import type { AgentBrain } from '../session/make-replies.ts';
import { SessionAgent } from '../session/session-agent.ts';
import type { ToolHost } from '../session/tool-host.ts';
import type { WordSource } from '../turns/index.ts';
import { FakeSpeechPort } from './fake-speech-port.ts';

export const rate = 24_000;

/** A recognizer that says what the test says. */
export class FakeWords implements WordsSource {
  readonly followed = new Map<string, OnWords>();
  readonly heard = new Map<string, KeptCapture>();

  follow(capture: KeptCapture, onWords: OnWords): Disposable {
    this.followed.set(capture.captureId, onWords);
    this.heard.set(capture.captureId, capture);
    return { [Symbol.dispose]: () => void this.followed.delete(capture.captureId) };
  }

  say(captureId: string, text: string, final = true): void {
    this.followed.get(captureId)?.(text, final);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.followed.clear();
  }
}

export interface AgentRigOptions {
  readonly guild?: Partial<GuildSettings>;
  readonly capabilities?: Partial<ProviderCapabilities>;
  readonly words?: WordSource;
  readonly tools?: ToolHost;
  readonly budget?: AgentBudget;
  /** Reply path `bridge`: the fake recognizer's words are given to the model. */
  readonly bridge?: boolean;
  /** Reply path `brain`. */
  readonly brain?: AgentBrain;
}

/** An agent with everything it needs: a provider and a voxproc on paper, people, and time that moves when told. */
export class AgentRig implements AsyncDisposable {
  /** How often its provider was gone. */
  gone = 0;
  readonly clock = new FakeClock();
  readonly voxproc = new FakeSpeechPort();
  readonly discord = new FakeDiscord();
  readonly provider: FakeProvider;
  readonly words = new FakeWords();
  readonly shared = new SharedWords(this.words);
  readonly said: UserMessage[] = [];
  readonly recent = new RecentEvents(this.clock);
  readonly log: AgentLogEntry[] = [];
  readonly stages: string[] = [];
  readonly membership = new Membership();
  readonly optedOut = new Set<string>();
  readonly agent: SessionAgent;
  readonly host: AgentHost & { guildSettings: GuildSettings };
  #voice: Partial<VoxprocVoice> | null = null;
  #ids = 0;

  constructor({
    guild = {},
    capabilities = {},
    words = 'none',
    tools,
    budget,
    bridge = false,
    brain,
  }: AgentRigOptions = {}) {
    this.provider = new FakeProvider(capabilities);
    const settings = parseSettings();
    const info: SessionInfo = {
      ...{ sessionId: 's', guildId: guildA, textChannelId: textA, calledFromChannelId: textA },
      ...{ cameByItself: false, requestedByUserId: alice, startedAt: 0, originUs: 0 },
    };
    const { membership, optedOut } = this;
    this.host = {
      info,
      guildSettings: { ...guildDefaultsOf(settings), runtimeMode: 'openai_realtime', ...guild },
      voxproc: {
        request: (name, params) => this.voxproc.request(name, params),
        speechAudio: (audio) => this.voxproc.speechAudio(audio),
        listen: (voice) => {
          this.#voice = voice;
          return {
            [Symbol.dispose]: () => {
              this.#voice = null;
            },
          };
        },
      },
      people: {
        membership,
        get recorded() {
          const ids = membership.present.map(({ userId }) => userId);
          return { yes: ids.filter((id) => !optedOut.has(id)), no: ids.filter((id) => optedOut.has(id)) };
        },
      },
      announcer: { say: (message) => void this.said.push(message), recent: this.recent },
      effects: { recent: [] },
      recording: { current: {} },
      remainingMs: null,
    };
    const consents = { optedOut: async () => new Set<string>(), optedIn: async () => new Set<string>() };
    this.agent = new SessionAgent(
      agentParts(
        {
          ...{ clock: this.clock, logger: pino({ level: 'silent' }), settings, discord: this.discord },
          store: { consents: { ...consents, set: async () => undefined, of: async () => [] } },
          newId: () => {
            this.#ids += 1;
            return `id${this.#ids}`;
          },
          observeStage: (stage) => void this.stages.push(stage),
        },
        {
          host: this.host,
          model: {
            ...{ provider: this.provider, vendor: 'OpenAI', model: 'gpt-realtime', voice: 'alloy' },
            ...{ inputTranscription: null, transcriptionModel: null },
          },
          recognizer: bridge || brain ? this.shared : null,
          brain: brain ?? null,
          words: { kind: words, source: words === 'local' || words === 'asr' ? this.shared : null },
          ...{ tools: tools ?? null, budget: budget ?? null, safetyIdentifier: null },
          conversation: new Conversation(null),
          gone: () => {
            this.gone += 1;
          },
          log: (entry) => void this.log.push(entry),
        },
      ),
    );
  }

  /** An agent that is in the channel with these people. */
  static async live(options: AgentRigOptions = {}, people: readonly string[] = [alice]): Promise<AgentRig> {
    const rig = new AgentRig(options);
    for (const userId of people) rig.came(userId);
    await rig.agent.connect(new AbortController().signal);
    rig.agent.live();
    return rig;
  }

  get voice(): Partial<VoxprocVoice> {
    if (this.#voice === null) throw new Error('nobody listens to voxproc');
    return this.#voice;
  }

  get asked(): readonly string[] {
    return this.provider.last.asked;
  }

  came(userId: string, person: Partial<VoicePerson> = {}): void {
    const named = {
      userId,
      username: userId === alice ? 'alice' : 'bob',
      displayName: userId === alice ? 'Alice' : 'Bob',
    };
    const known = { ...named, bot: false, muted: false, streaming: false, roleIds: [], ...person };
    this.membership.update(known, true);
    this.agent.peopleChanged();
  }

  /** Somebody begins to speak. @returns the id of the capture that was asked for */
  async begins(userId: string): Promise<string> {
    const before = this.#captures.length;
    this.voice.speakingStarted?.(userId);
    await settle();
    if (this.#captures.length === before)
      throw new Error(`no capture of ${userId === bob ? 'Bob' : 'Alice'} was asked for`);
    return String(this.#captures.at(-1));
  }

  /** A piece of speech: 20 ms each, loud or not. */
  speaks(
    captureId: string,
    userId: string,
    ms: number,
    { loud = true, echo }: { loud?: boolean; echo?: number } = {},
  ): void {
    for (let at = 0; at < ms; at += 20) {
      const pcm = new Uint8Array((rate / 50) * 2);
      const level = loud ? 0.3 : 0;
      this.clock.advance(20);
      this.voice.captureAudio?.({
        ...{ captureId, userId, position: 0, pcm, peak: level, rms: level },
        ...(echo === undefined ? {} : { echo }),
      });
    }
  }

  /** Somebody fell silent long enough for the capture to end. */
  async ends(captureId: string, userId: string): Promise<void> {
    this.voice.capturePaused?.({ captureId, userId, position: 0, cause: 'silence_frames' });
    this.voice.speakingStopped?.(userId);
    await this.clock.run(700, 20);
    this.voice.captureEnded?.({ captureId, userId, reason: 'silence', durationMs: 0, position: 0 });
    await settle();
  }

  /** Says something from beginning to end. @returns the capture's id */
  async says(userId: string, ms = 1000): Promise<string> {
    const captureId = await this.begins(userId);
    this.speaks(captureId, userId, ms);
    await this.ends(captureId, userId);
    return captureId;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent[Symbol.asyncDispose]();
  }

  get #captures(): unknown[] {
    return this.voxproc.asked.filter(({ name }) => name === 'capture.start').map(({ params }) => params.captureId);
  }
}
