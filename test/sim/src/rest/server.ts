import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Changes } from '../core/changes.ts';
import type { Json } from '../core/json.ts';
import { type RequestBody, readBody } from './body.ts';
import { notFound, RestError, unauthorized } from './errors.ts';
import { matchRoute, type RestAnswer, type Route } from './router.ts';

/** One request a client made, for tests to look at. */
export interface RequestRecord {
  readonly method: string;
  /** Decoded, without `/api/v10` and query. */
  readonly path: string;
  readonly body: Json;
  readonly files: readonly { readonly filename: string; readonly size: number }[];
  readonly status: number;
  readonly authorization: string | null;
  /** Milliseconds of the wall clock, when it was answered. */
  readonly atMs: number;
}

/** Answers with which a test replaces the next fitting ones. */
export interface RestFault {
  readonly method?: string;
  /** Tested against the path without `/api/v10`. */
  readonly path: RegExp;
  readonly status: number;
  /** How often; 1 by default. */
  readonly times?: number;
  /** Of a 429, seconds. */
  readonly retryAfter?: number;
  readonly code?: number;
}

/** Records kept; older ones are dropped and counted. */
const RECORD_LIMIT = 20_000;
const PREFIX = /^\/api(?:\/v\d+)?(?=\/)/;

/** The REST API on plain http, port chosen by the system. */
export class RestServer {
  readonly http: Server;
  readonly requests: RequestRecord[] = [];
  droppedRecords = 0;
  readonly #routes: readonly Route[];
  readonly #botToken: string;
  readonly #changes: Changes;
  readonly #faults: { fault: RestFault; left: number }[] = [];
  #delayMs = 0;

  constructor(routes: readonly Route[], botToken: string, changes: Changes) {
    this.#routes = routes;
    this.#botToken = botToken;
    this.#changes = changes;
    this.http = createServer((request, response) => void this.#serve(request, response));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => {
      this.http.listen(0, '127.0.0.1', resolve);
    });
    return (this.http.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => {
      this.http.close(resolve);
    });
  }

  fail(fault: RestFault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  /** Holds every answer back. */
  setDelay(ms: number): void {
    this.#delayMs = ms;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const path = url.pathname.replace(PREFIX, '');
    const method = request.method ?? 'GET';
    let body: RequestBody = { json: {}, list: [], files: [] };
    let answer: RestAnswer;
    try {
      body = await readBody(request);
      if (this.#delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#delayMs));
      answer = this.#answer(request, method, path, url, body);
    } catch (error) {
      answer =
        error instanceof RestError
          ? { status: error.status, body: error.body }
          : { status: 500, body: { message: error instanceof Error ? error.stack : String(error), code: 0 } };
    }
    this.requests.push({
      method,
      path: decodeURIComponent(path),
      body: body.list.length > 0 ? body.list : body.json,
      files: body.files.map(({ filename, bytes }) => ({ filename, size: bytes.length })),
      status: answer.status,
      authorization: request.headers.authorization ?? null,
      atMs: Date.now(),
    });
    if (this.requests.length > RECORD_LIMIT) {
      this.requests.shift();
      this.droppedRecords += 1;
    }
    send(response, answer);
    this.#changes.notify();
  }

  #answer(request: IncomingMessage, method: string, path: string, url: URL, body: RequestBody): RestAnswer {
    const fault = this.#faults.find((entry) => entry.left > 0 && isHit(entry.fault, method, path));
    if (fault) {
      fault.left -= 1;
      const { status, code = 0, retryAfter } = fault.fault;
      throw new RestError(status, code, `${status}: by a test`, {
        ...(retryAfter !== undefined && { retry_after: retryAfter, global: false }),
      });
    }
    const match = matchRoute(this.#routes, method, path);
    if (!match) throw notFound();
    const authorization = request.headers.authorization ?? null;
    const isOpen = match.route.open || (match.route.bearer && authorization?.startsWith('Bearer '));
    if (!isOpen && authorization !== `Bot ${this.#botToken}`) throw unauthorized();
    const param = (name: string): string => match.params.get(name) ?? '';
    return match.route.handle({ method, path, query: url.searchParams, body, authorization, param });
  }
}

const isHit = (fault: RestFault, method: string, path: string): boolean =>
  (fault.method === undefined || fault.method === method) && fault.path.test(path);

/** A 204 carries neither body nor content type: clients would parse the empty body as JSON. */
const send = (response: ServerResponse, { status, body, contentType, location }: RestAnswer): void => {
  response.statusCode = status;
  if (location !== undefined) response.setHeader('location', location);
  if (body === undefined) {
    response.end();
    return;
  }
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  response.setHeader('content-type', contentType ?? 'application/json');
  if (status === 429) response.setHeader('retry-after', '1');
  response.setHeader('content-length', bytes.length);
  response.end(bytes);
};
