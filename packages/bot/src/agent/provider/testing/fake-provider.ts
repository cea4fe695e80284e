import {
  closeCodes,
  noUsage,
  type ProviderEvent,
  type ProviderEvents,
  type ProviderUsage,
  type ResponseStatus,
} from '../provider-event.ts';
import type {
  ProviderCapabilities,
  ProviderConfig,
  ProviderSession,
  RealtimeProvider,
  ResponseRequest,
} from '../realtime-provider.ts';

/** A provider that can do everything. */
export const ableProvider: ProviderCapabilities = {
  inputRate: 24_000,
  outputRate: 24_000,
  textIn: true,
  updatesInstructions: true,
  updatesTools: true,
  takesTools: true,
  cancels: true,
  truncates: true,
  deletesItems: true,
  transcribesInput: true,
  answersTurnsItself: false,
  interruptsOnInput: false,
  resumesByHandle: false,
  closesBeforeReopening: false,
  socketLimitMs: null,
  billsOpenTime: false,
  asr: { perUser: true, shared: true },
};

/** One socket of a fake provider: what was asked of it, as words, and a mouth for what the provider says. */
export class FakeProviderSession implements ProviderSession {
  readonly asked: string[] = [];
  readonly config: ProviderConfig;
  readonly say: ProviderEvents;
  readonly #connect: (session: FakeProviderSession, signal: AbortSignal) => Promise<void>;
  #turns = 0;
  #requests = 0;
  closed = false;

  constructor(
    config: ProviderConfig,
    say: ProviderEvents,
    connect: (session: FakeProviderSession, signal: AbortSignal) => Promise<void>,
  ) {
    this.config = config;
    this.say = say;
    this.#connect = connect;
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.#connect(this, signal);
    this.asked.push('connected');
  }

  beginTurn(): void {
    this.asked.push('begin');
  }

  appendAudio(pcm: Uint8Array): void {
    this.asked.push(`audio ${pcm.length}`);
  }

  clearTurn(): void {
    this.asked.push('clear');
  }

  endTurn(): string {
    this.#turns += 1;
    this.asked.push(`end t${this.#turns}`);
    return `t${this.#turns}`;
  }

  addText({ role, text }: { role: string; text: string }): void {
    this.asked.push(`${role}: ${text}`);
  }

  requestResponse({ modality }: ResponseRequest): string {
    this.#requests += 1;
    this.asked.push(`respond q${this.#requests} ${modality}`);
    return `q${this.#requests}`;
  }

  cancel(id: string): void {
    this.asked.push(`cancel ${id}`);
  }

  truncate(itemId: string, ms: number): void {
    this.asked.push(`truncate ${itemId} ${ms}`);
  }

  submitToolResult(callId: string, output: string): void {
    this.asked.push(`result ${callId} ${output}`);
  }

  updateInstructions(instructions: string): void {
    this.asked.push(`instructions ${instructions}`);
  }

  updateTools(tools: readonly { name: string }[]): void {
    this.asked.push(`tools ${tools.map(({ name }) => name).join(',')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.closed) this.asked.push('closed');
    this.closed = true;
  }

  /** A response as providers send it: begun, `ms` of audio, its words, its end. */
  answer(responseId: string, requestId: string | null, { text = 'yes', ms = 100, finish = true } = {}): void {
    this.say({ type: 'response_started', responseId, requestId });
    const itemId = `${responseId}-item`;
    const pcm = new Uint8Array((this.rate * 2 * ms) / 1000);
    this.say({ type: 'audio', responseId, itemId, pcm, rate: this.rate });
    this.say({ type: 'output_transcript', responseId, itemId, text, final: true });
    if (finish) this.finish(responseId);
  }

  finish(responseId: string, status: ResponseStatus = 'completed', usage: ProviderUsage = noUsage): void {
    this.say({ type: 'response_finished', responseId, status, usage });
  }

  drop(code: keyof typeof closeCodes = 'dropped'): void {
    this.say({ type: 'closed', code, reason: 'the test says so', retryable: closeCodes[code].retryable });
  }

  readonly rate = ableProvider.outputRate;
}

/** A provider whose sockets are played by the test. */
export class FakeProvider implements RealtimeProvider {
  readonly id = 'openai';
  readonly capabilities: ProviderCapabilities;
  readonly sessions: FakeProviderSession[] = [];
  /** How the next sockets connect; by default at once. */
  connect: (session: FakeProviderSession, signal: AbortSignal) => Promise<void> = async () => undefined;

  constructor(capabilities: Partial<ProviderCapabilities> = {}) {
    this.capabilities = { ...ableProvider, ...capabilities };
  }

  get last(): FakeProviderSession {
    const session = this.sessions.at(-1);
    if (!session) throw new Error('FakeProvider: no session was opened');
    return session;
  }

  open(config: ProviderConfig, events: ProviderEvents): FakeProviderSession {
    const session = new FakeProviderSession(config, events, (opened, signal) => this.connect(opened, signal));
    this.sessions.push(session);
    return session;
  }
}

/** Events as short words, for tables. */
export const eventWords = (event: ProviderEvent): string => {
  switch (event.type) {
    case 'ready':
      return event.fresh ? 'ready fresh' : 'ready';
    case 'response_started':
      return `started ${event.responseId} ${event.requestId}`;
    case 'audio':
      return `audio ${event.itemId} ${event.pcm.length}`;
    case 'output_transcript':
      return `says ${event.itemId} ${event.text}`;
    case 'input_transcript':
      return `heard ${event.turnId} ${event.text}`;
    case 'tool_call':
      return `tool ${event.callId} ${event.name}`;
    case 'tool_call_cancelled':
      return `tool cancelled ${event.callId}`;
    case 'response_finished':
      return `finished ${event.responseId} ${event.status}`;
    case 'going_away':
      return `going away ${event.ms}`;
    case 'resumable':
      return `resumable ${event.handle}`;
    case 'warning':
      return `warning ${event.code}`;
    case 'closed':
      return `closed ${event.code}`;
    default:
      return event.type;
  }
};
