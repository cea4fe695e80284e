import type { Connection } from '../shared/connection.ts';
import { type Failure, Failures } from '../shared/failure.ts';
import { Pace } from '../shared/pace.ts';
import { type Refusal, SocketServer, type Visit } from '../shared/socket-server.ts';
import type { Scenario } from './scenario.ts';
import type { SimDialect } from './sim-dialect.ts';
import { type SessionSwitches, SimSession } from './sim-session.ts';

export interface RealtimeServerOptions {
  /** The key that is accepted; default `sk-test`. */
  readonly key?: string;
  readonly scenario?: Scenario;
  /** Models that exist; null (default): all do. */
  readonly models?: readonly string[] | null;
  readonly tls?: boolean;
}

/** A simulated realtime model: sessions over WebSockets on loopback, with switches for what goes wrong. */
export class RealtimeServer implements AsyncDisposable {
  readonly failures = new Failures();
  readonly switches: SessionSwitches = {
    ready: true,
    outputRate: null,
    outputFormat: 'audio/pcm',
    refusesTurns: false,
    transcriptsReversed: false,
    transcriptsWithheld: false,
  };
  readonly sessions: SimSession[] = [];
  readonly server: SocketServer;

  private constructor(server: SocketServer) {
    this.server = server;
  }

  static async start(dialect: SimDialect, options: RealtimeServerOptions = {}): Promise<RealtimeServer> {
    const { key = 'sk-test', scenario = {}, models = null, tls = false } = options;
    let started: RealtimeServer | null = null;
    const server = await SocketServer.start({
      tls,
      admit: (visit) => admit(visit, key),
      serve: (connection) => {
        if (started !== null) started.#serve(connection, dialect, scenario, models);
      },
    });
    started = new RealtimeServer(server);
    return started;
  }

  /** To be set as the provider's base URL. */
  get baseUrl(): string {
    return `${this.server.origin}/v1`;
  }

  get ca(): string | null {
    return this.server.ca;
  }

  get connections(): readonly Connection[] {
    return this.server.connections;
  }

  /** The socket opened last. */
  get latest(): Connection {
    return this.server.latest;
  }

  /** Everything any session complained about, as `code: message`. */
  get complaints(): readonly string[] {
    return this.sessions.flatMap((session) => session.complaints);
  }

  /** What goes wrong with the next responses, in order; null for one that goes well. */
  failNext(...failures: readonly (Failure | null)[]): void {
    this.failures.next(...failures);
  }

  /** What the next visits meet instead of a socket. */
  refuseNext(...refusals: readonly Refusal[]): void {
    this.server.refuseNext(...refusals);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  #serve(connection: Connection, dialect: SimDialect, scenario: Scenario, models: readonly string[] | null): void {
    const { query } = connection.visit;
    this.sessions.push(
      new SimSession({
        connection,
        dialect,
        scenario,
        failures: this.failures,
        switches: this.switches,
        pace: new Pace(scenario.speed ?? null),
        transcription: query.get('intent') === 'transcription',
        model: query.get('model') ?? '',
        knownModels: models === null ? null : new Set(models),
      }),
    );
  }
}

const admit = ({ path, headers }: Visit, key: string): Refusal | null => {
  if (path !== '/v1/realtime') return { kind: 'status', status: 404, body: '{"error":{"message":"no such path"}}' };
  if (headers.authorization === `Bearer ${key}`) return null;
  const error = { message: `Incorrect API key provided: ${headers.authorization?.slice(7)}.`, code: 'invalid_api_key' };
  return {
    kind: 'status',
    status: 401,
    body: JSON.stringify({ error }),
    headers: { 'content-type': 'application/json', 'x-request-id': 'req_1' },
  };
};
