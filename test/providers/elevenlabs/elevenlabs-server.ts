import type { IncomingMessage, ServerResponse } from 'node:http';
import { echoPersona, type Scenario } from '../realtime/scenario.ts';
import type { Connection } from '../shared/connection.ts';
import { type Failure, Failures } from '../shared/failure.ts';
import { Pace } from '../shared/pace.ts';
import { phrases } from '../shared/phrases.ts';
import { type Refusal, SocketServer, type Visit } from '../shared/socket-server.ts';
import { ScribeSimSession, type ScribeSwitches } from './scribe-sim-session.ts';
import { VoiceSimSession, type VoiceSwitches } from './voice-sim-session.ts';

export interface ElevenLabsServerOptions {
  /** The key that is accepted; default `xi-test`. */
  readonly key?: string;
  readonly scenario?: Scenario;
  readonly tls?: boolean;
}

const voicePath = /^\/v1\/text-to-speech\/[^/]+\/multi-stream-input$/;
const scribePath = '/v1/speech-to-text/realtime';
const streamPath = /^\/v1\/text-to-speech\/[^/]+\/stream$/;

/** A simulated ElevenLabs: speech over sockets and HTTP, and realtime transcription, on loopback, with switches for what goes wrong. */
export class ElevenLabsServer implements AsyncDisposable {
  readonly failures = new Failures();
  readonly voiceSwitches: VoiceSwitches = { ready: true, tellsWords: true };
  readonly scribeSwitches: ScribeSwitches = { starts: true, error: null, withheld: false };
  readonly voices: VoiceSimSession[] = [];
  readonly scribes: ScribeSimSession[] = [];
  readonly server: SocketServer;
  readonly #scenario: Scenario;

  private constructor(server: SocketServer, scenario: Scenario) {
    this.server = server;
    this.#scenario = scenario;
  }

  static async start(options: ElevenLabsServerOptions = {}): Promise<ElevenLabsServer> {
    const { key = 'xi-test', scenario = {}, tls = false } = options;
    let started: ElevenLabsServer | null = null;
    const server = await SocketServer.start({
      tls,
      admit: (visit) => admit(visit, key),
      serve: (connection) => started?.serve(connection),
      http: (request, response) => void started?.stream(request, response, key),
    });
    started = new ElevenLabsServer(server, scenario);
    return started;
  }

  /** To be set as the provider's base URL, or the one of ElevenLabs' own client. */
  get baseUrl(): string {
    return this.server.origin;
  }

  get connections(): readonly Connection[] {
    return this.server.connections;
  }

  get latest(): Connection {
    return this.server.latest;
  }

  get complaints(): readonly string[] {
    return [...this.voices, ...this.scribes].flatMap(({ complaints }) => complaints);
  }

  /** What goes wrong with what is said next, in order; null for what goes well. */
  failNext(...failures: readonly (Failure | null)[]): void {
    this.failures.next(...failures);
  }

  refuseNext(...refusals: readonly Refusal[]): void {
    this.server.refuseNext(...refusals);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  serve(connection: Connection): void {
    if (connection.visit.path === scribePath) {
      this.scribes.push(new ScribeSimSession(connection, this.#scenario, this.scribeSwitches));
      return;
    }
    this.voices.push(
      new VoiceSimSession({
        ...{ connection, scenario: this.#scenario, failures: this.failures, switches: this.voiceSwitches },
        pace: new Pace(this.#scenario.speed ?? null),
      }),
    );
  }

  /** `POST /v1/text-to-speech/{voice}/stream`: the phrase of the words that were asked for, or the first. */
  async stream(request: IncomingMessage, response: ServerResponse, key: string): Promise<void> {
    const url = new URL(`${this.baseUrl}${request.url ?? '/'}`);
    const blocks: Buffer[] = [];
    for await (const block of request) blocks.push(block as Buffer);
    const refuse = (status: number, code: string): void => {
      const detail = { status: code, message: `as told, ${String(request.headers['xi-api-key'])}` };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ detail }));
    };
    if (!streamPath.test(url.pathname)) refuse(404, 'not_found');
    else if (request.headers['xi-api-key'] !== key) refuse(401, 'invalid_api_key');
    else {
      const { text } = JSON.parse(Buffer.concat(blocks).toString('utf8')) as { text: string };
      const answer = echoPersona()({
        ...{ number: 1, audioMs: 0, texts: [text], toolOutputs: [], instructions: '', tools: [] },
        ...{ modality: 'audio', request: {} },
      });
      const phrase = phrases.find((one) => one.text === text) ?? (answer.kind === 'say' ? answer.phrase : undefined);
      const rate = Number(/^pcm_(\d+)$/.exec(url.searchParams.get('output_format') ?? '')?.[1] ?? 24_000);
      response.writeHead(200, { 'content-type': 'audio/pcm' }).end(phrase?.pcm(rate));
    }
  }
}

const admit = ({ path, headers, query }: Visit, key: string): Refusal | null => {
  if (path !== scribePath && !voicePath.test(path))
    return { kind: 'status', status: 404, body: '{"detail":"Not Found"}' };
  const given = String(headers['xi-api-key']);
  if (given === key) {
    const format = query.get('output_format');
    return path === scribePath || format === 'pcm_24000'
      ? null
      : { kind: 'status', status: 400, body: `format ${format}` };
  }
  const detail = { status: 'invalid_api_key', message: `Invalid API key ${given}` };
  return {
    kind: 'status',
    status: 401,
    body: JSON.stringify({ detail }),
    headers: { 'content-type': 'application/json' },
  };
};
