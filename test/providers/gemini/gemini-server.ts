import type { Scenario } from '../realtime/scenario.ts';
import type { Connection } from '../shared/connection.ts';
import { type Failure, Failures } from '../shared/failure.ts';
import { Pace } from '../shared/pace.ts';
import { type Refusal, SocketServer, type Visit } from '../shared/socket-server.ts';
import { GeminiSimSession, type GeminiSwitches } from './gemini-sim-session.ts';

export interface GeminiServerOptions {
  /** The key that is accepted; default `AIza-test`. */
  readonly key?: string;
  readonly scenario?: Scenario;
  /** Models that exist; null (default): all do. */
  readonly models?: readonly string[] | null;
  readonly tls?: boolean;
}

const path = /^\/ws\/google\.ai\.generativelanguage\.v1(?:alpha|beta)?\.GenerativeService\.BidiGenerateContent$/;

/** A simulated Gemini Live API: sessions over WebSockets on loopback, with switches for what goes wrong. */
export class GeminiServer implements AsyncDisposable {
  readonly failures = new Failures();
  readonly switches: GeminiSwitches = { ready: true, outputRate: 24_000, saysFinished: false };
  readonly sessions: GeminiSimSession[] = [];
  readonly server: SocketServer;
  readonly #handles = new Set<string>();
  #counted = 0;

  private constructor(server: SocketServer) {
    this.server = server;
  }

  static async start(options: GeminiServerOptions = {}): Promise<GeminiServer> {
    const { key = 'AIza-test', scenario = {}, models = null, tls = false } = options;
    let started: GeminiServer | null = null;
    const server = await SocketServer.start({
      tls,
      admit: (visit) => admit(visit, key),
      serve: (connection) => started?.serve(connection, scenario, models),
    });
    started = new GeminiServer(server);
    return started;
  }

  /** To be set as the base URL of the provider, or of Google's client. */
  get baseUrl(): string {
    return this.server.origin;
  }

  get connections(): readonly Connection[] {
    return this.server.connections;
  }

  /** The socket opened last. */
  get latest(): Connection {
    return this.server.latest;
  }

  get complaints(): readonly string[] {
    return this.sessions.flatMap(({ complaints }) => complaints);
  }

  /** What goes wrong with the next responses, in order; null for one that goes well. */
  failNext(...failures: readonly (Failure | null)[]): void {
    this.failures.next(...failures);
  }

  refuseNext(...refusals: readonly Refusal[]): void {
    this.server.refuseNext(...refusals);
  }

  /** Tells every session that its connection will be closed. */
  goAway(seconds: number): void {
    for (const session of this.sessions) session.goAway(seconds);
  }

  /** Sessions cannot be resumed any more. */
  forgetSessions(): void {
    this.#handles.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  serve(connection: Connection, scenario: Scenario, models: readonly string[] | null): void {
    this.sessions.push(
      new GeminiSimSession({
        ...{ connection, scenario, failures: this.failures, switches: this.switches },
        pace: new Pace(scenario.speed ?? null),
        knownModels: models === null ? null : new Set(models),
        resume: (handle) => {
          if (!this.#handles.has(handle)) return 'BidiGenerateContent session not found';
          const others = this.connections.filter((one) => one !== connection && one.isOpen);
          return others.length > 0 ? 'The session is still open on another connection' : null;
        },
        newHandle: () => {
          this.#counted += 1;
          const handle = `handle-${this.#counted}`;
          this.#handles.add(handle);
          return handle;
        },
      }),
    );
  }
}

const admit = (visit: Visit, key: string): Refusal | null => {
  if (!path.test(visit.path)) return { kind: 'status', status: 404, body: '{"error":{"message":"no such path"}}' };
  const given = visit.query.get('key') ?? String(visit.headers['x-goog-api-key']);
  if (given === key) return null;
  const error = {
    code: 400,
    message: `API key not valid: ${given}. Please pass a valid API key.`,
    status: 'INVALID_ARGUMENT',
    details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
  };
  return {
    kind: 'status',
    status: 400,
    body: JSON.stringify({ error }),
    headers: { 'content-type': 'application/json' },
  };
};
