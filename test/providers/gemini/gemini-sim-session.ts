import { type Answer, echoPersona, type Heard, type Scenario, understandInTurn } from '../realtime/scenario.ts';
import type { Connection, Message } from '../shared/connection.ts';
import type { Failures } from '../shared/failure.ts';
import type { Pace } from '../shared/pace.ts';
import { GeminiResponse } from './gemini-response.ts';

/** What is odd about the sessions of a server; all of it can change while it runs. */
export interface GeminiSwitches {
  /** Whether the setup is answered at all. */
  ready: boolean;
  /** Hz at which it speaks. */
  outputRate: number;
  /** Understood speech is said to be whole. */
  saysFinished: boolean;
}

export interface GeminiSimOptions {
  readonly connection: Connection;
  readonly scenario: Scenario;
  readonly failures: Failures;
  readonly switches: GeminiSwitches;
  readonly pace: Pace;
  readonly knownModels: ReadonlySet<string> | null;
  /** Whether a session may be resumed with a handle now; null: it may, otherwise why not. */
  readonly resume: (handle: string) => string | null;
  readonly newHandle: () => string;
}

const inputRate = 16_000;
/** Tokens of a second of speech (Google's Live API guide). */
const tokensPerSecond = 25;

export const asMessage = (value: unknown): Message =>
  typeof value === 'object' && value !== null ? (value as Message) : {};
const listOf = (value: unknown): readonly Message[] => (Array.isArray(value) ? value.map(asMessage) : []);

/** One live session of a simulated Gemini: strict about what it is sent, as far as the real one is. */
export class GeminiSimSession {
  readonly #options: GeminiSimOptions;
  /** What was wrong with what it was sent. */
  readonly complaints: string[] = [];
  #setup: Message | null = null;
  #activity: Buffer[] | null = null;
  #active: GeminiResponse | null = null;
  #openCalls = new Set<string>();
  #outputs: string[] = [];
  #texts: string[] = [];
  #audioMs = 0;
  #turns = 0;
  #responses = 0;
  #counted = 0;
  #tokens = { text: 0, audio: 0, saidText: 0, saidAudio: 0 };
  #doubled = false;

  constructor(options: GeminiSimOptions) {
    this.#options = options;
    options.connection.attend(
      (message) => this.#take(message),
      () => this.#active?.stop(),
    );
  }

  /** Tells that the connection will be closed in so many seconds. */
  goAway(seconds: number): void {
    this.#send({ goAway: { timeLeft: `${seconds}s` } });
  }

  #take(message: Message): void {
    if (this.#setup === null) {
      if (message.setup === undefined) this.#refuse(1007, 'Setup message is required first.');
      else this.#configure(asMessage(message.setup));
    } else if (message.realtimeInput !== undefined) this.#hear(asMessage(message.realtimeInput));
    else if (message.clientContent !== undefined) this.#read(asMessage(message.clientContent));
    else if (message.toolResponse !== undefined) this.#answered(asMessage(message.toolResponse));
    else this.#refuse(1007, `Unknown name "${Object.keys(message)[0]}": Cannot find field.`);
  }

  #configure(setup: Message): void {
    const { knownModels, switches, resume } = this.#options;
    const model = String(setup.model);
    const activity = asMessage(asMessage(setup.realtimeInputConfig).automaticActivityDetection);
    const handle = asMessage(setup.sessionResumption).handle;
    if (!model.startsWith('models/'))
      this.#refuse(1007, '* BidiGenerateContentRequest.setup.model: unexpected model name format');
    else if (knownModels !== null && !knownModels.has(model.slice('models/'.length))) {
      this.#refuse(1008, `${model} is not found for API version v1, or is not supported for bidiGenerateContent.`);
    } else if (activity.disabled !== true) this.#refuse(1007, 'this simulation knows no activity detection');
    else {
      const refused = typeof handle === 'string' ? resume(handle) : null;
      if (refused !== null) {
        this.#refuse(1008, refused);
        return;
      }
      this.#setup = setup;
      if (switches.ready) this.#send({ setupComplete: {} });
    }
  }

  #hear(input: Message): void {
    if (input.activityStart !== undefined) {
      if (this.#activity !== null) this.#complain('activityStart inside an activity');
      this.#activity = [];
      this.#interrupt();
    } else if (input.audio !== undefined) {
      const { data, mimeType } = asMessage(input.audio);
      if (mimeType !== `audio/pcm;rate=${inputRate}`) this.#complain(`audio as ${mimeType}`);
      if (this.#activity === null) this.#complain('audio outside an activity');
      this.#activity?.push(Buffer.from(String(data), 'base64'));
    } else if (input.activityEnd !== undefined) {
      if (this.#activity === null) {
        this.#complain('activityEnd outside an activity');
        return;
      }
      const pcm = Buffer.concat(this.#activity);
      this.#activity = null;
      this.#turns += 1;
      this.#audioMs += (pcm.length / 2 / inputRate) * 1000;
      this.#understand(pcm);
      this.#respond();
    } else this.#complain(`realtimeInput with ${Object.keys(input)[0]}`);
  }

  #read(content: Message): void {
    this.#interrupt();
    for (const turn of listOf(content.turns)) {
      if (turn.role !== 'user' && turn.role !== 'model') this.#complain(`role ${turn.role}`);
      for (const part of listOf(turn.parts)) this.#texts.push(String(part.text));
    }
    if (content.turnComplete === true) this.#respond();
  }

  #answered(response: Message): void {
    for (const { id, response: result } of listOf(response.functionResponses)) {
      if (this.#openCalls.delete(String(id))) this.#outputs.push(String(asMessage(result).output));
      else this.#complain(`no function call ${id}`);
    }
    if (this.#openCalls.size === 0) this.#respond();
  }

  #understand(pcm: Buffer): void {
    if (this.#setup?.inputAudioTranscription === undefined) return;
    const { scenario, switches } = this.#options;
    const audioMs = (pcm.length / 2 / inputRate) * 1000;
    const text = (scenario.hear ?? understandInTurn)({ number: this.#turns, pcm, audioMs }) ?? '';
    for (const word of text.split(' ')) this.#send({ serverContent: { inputTranscription: { text: `${word} ` } } });
    if (switches.saysFinished) this.#send({ serverContent: { inputTranscription: { finished: true } } });
  }

  #respond(): void {
    const { failures, scenario, pace, connection, switches } = this.#options;
    const failure = failures.take();
    if (failure?.kind === 'stall') return;
    if (failure?.kind === 'error') {
      this.#send({ error: { code: failure.code, message: failure.message ?? 'as told' } });
      return;
    }
    this.#doubled = failure?.kind === 'duplicate';
    this.#responses += 1;
    const response: GeminiResponse = new GeminiResponse({
      answer: this.#answer(),
      failure,
      pace,
      rate: switches.outputRate,
      leadingSilenceMs: scenario.leadingSilenceMs ?? 0,
      send: (message) => this.#send(message),
      raw: (data) => connection.sendRaw(data),
      drop: () => connection.drop(),
      spent: (audioMs, words) => {
        this.#tokens.saidAudio += (audioMs / 1000) * tokensPerSecond;
        this.#tokens.saidText += words;
      },
      call: (calls) => this.#call(calls),
      over: (reason) => {
        if (this.#active === response) this.#complete(reason);
      },
    });
    this.#active = response;
    this.#tokens.text += 100;
    this.#tokens.audio += (this.#audioMs / 1000) * tokensPerSecond;
    [this.#texts, this.#outputs, this.#audioMs] = [[], [], 0];
    const late =
      failure?.kind === 'slow' ? pace.wait(failure.ms) : failure?.kind === 'held' ? failure.until : Promise.resolve();
    void late.then(() => response.run());
  }

  #answer(): Answer {
    const setup = this.#setup ?? {};
    const heard: Heard = {
      number: this.#responses,
      audioMs: this.#audioMs,
      texts: this.#texts,
      toolOutputs: this.#outputs,
      instructions: listOf(asMessage(setup.systemInstruction).parts)
        .map(({ text }) => text)
        .join('\n'),
      tools: listOf(setup.tools).flatMap((tool) => listOf(tool.functionDeclarations).map(({ name }) => String(name))),
      modality: 'audio',
      request: this.#options.connection.received.at(-1) ?? {},
    };
    return (this.#options.scenario.answer ?? echoPersona())(heard);
  }

  #call(calls: readonly { readonly name: string; readonly arguments: string }[]): void {
    const functionCalls = calls.map(({ name, arguments: args }) => {
      this.#counted += 1;
      const id = `function-call-${this.#counted}`;
      this.#openCalls.add(id);
      return { id, name, args: JSON.parse(args) as unknown };
    });
    this.#active = null;
    this.#send({ toolCall: { functionCalls } });
  }

  /** New input stops what it says, and the calls it waits for. */
  #interrupt(): void {
    if (this.#openCalls.size > 0) this.#send({ toolCallCancellation: { ids: [...this.#openCalls] } });
    this.#openCalls.clear();
    if (this.#active === null) return;
    this.#active.stop();
    this.#send({ serverContent: { interrupted: true } });
    this.#complete(null);
  }

  #complete(reason: string | null): void {
    this.#active = null;
    const { text, audio, saidText, saidAudio } = this.#tokens;
    const details = (texts: number, speech: number) => [
      { modality: 'TEXT', tokenCount: Math.round(texts) },
      { modality: 'AUDIO', tokenCount: Math.round(speech) },
    ];
    this.#send({
      serverContent: { turnComplete: true, ...(reason !== null && { turnCompleteReason: reason }) },
      usageMetadata: {
        promptTokenCount: Math.round(text + audio),
        responseTokenCount: Math.round(saidText + saidAudio),
        totalTokenCount: Math.round(text + audio + saidText + saidAudio),
        promptTokensDetails: details(text, audio),
        responseTokensDetails: details(saidText, saidAudio),
      },
    });
    this.#doubled = false;
    if (this.#setup?.sessionResumption !== undefined) {
      this.#send({ sessionResumptionUpdate: { newHandle: this.#options.newHandle(), resumable: true } });
    }
  }

  #refuse(code: number, reason: string): void {
    this.#complain(reason);
    this.#options.connection.close(code, reason.slice(0, 120));
  }

  #complain(what: string): void {
    this.complaints.push(what);
  }

  /** Messages are JSON in binary frames. */
  #send(message: object): void {
    const data = Buffer.from(JSON.stringify(message));
    this.#options.connection.sendRaw(data);
    if (this.#doubled) this.#options.connection.sendRaw(data);
  }
}
