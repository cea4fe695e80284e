import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { asNumber, asString, isObject, type JsonObject, parseJson } from '../core/json.ts';
import type { WorldEvent } from '../world/events.ts';
import { guildPayload, memberPayload, userPayload } from '../world/payloads.ts';
import type { World } from '../world/world.ts';
import { toDispatch } from './dispatch.ts';
import { asksForPrivileged, INTENTS } from './intents.ts';
import { GatewaySession } from './session.ts';

/** Close codes the gateway uses (reference: "Gateway Close Event Codes"). */
const CLOSE = {
  unknownOpcode: 4001,
  decodeError: 4002,
  notAuthenticated: 4003,
  authenticationFailed: 4004,
  alreadyAuthenticated: 4005,
  rateLimited: 4008,
  disallowedIntents: 4014,
} as const;

const HEARTBEAT_INTERVAL_MS = 41_250;
/** A client may send this many messages in a minute, heartbeats aside. */
const SEND_LIMIT = 120;
const SEND_WINDOW_MS = 60_000;

export interface Op4Entry {
  readonly guildId: string;
  /** Null: leave. */
  readonly channelId: string | null;
  readonly selfMute: boolean;
  readonly selfDeaf: boolean;
  /** Milliseconds of the wall clock. */
  readonly atMs: number;
}

export interface GatewayHooks {
  readonly botToken: string;
  readonly privilegedIntents: () => boolean;
  /** Base URL clients come back to, without a query. */
  readonly url: () => string;
  onVoiceState(entry: Op4Entry, session: GatewaySession): void;
  /** A session is over for good: logged out, or no longer resumable. */
  onSessionEnd(session: GatewaySession): void;
}

/** Discord's main gateway, version 10, plain JSON. */
export class Gateway {
  readonly op4Log: Op4Entry[] = [];
  readonly sessions = new Map<string, GatewaySession>();
  readonly #world: World;
  readonly #hooks: GatewayHooks;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #sockets = new Map<WebSocket, { session: GatewaySession | null; sentAt: number[] }>();

  constructor(world: World, hooks: GatewayHooks) {
    this.#world = world;
    this.#hooks = hooks;
    world.listen((event) => this.#tell(event));
  }

  attach(http: Server): void {
    http.on('upgrade', (request, socket, head) => {
      this.#server.handleUpgrade(request, socket, head, (ws) => this.#accept(ws));
    });
  }

  /** Whether a client is identified and connected now. */
  get connected(): boolean {
    return [...this.sessions.values()].some(({ socket }) => socket !== null);
  }

  /** Cuts the connection of every client; `resumable: false` also forgets their sessions. */
  drop(options: { readonly resumable: boolean; readonly how?: 'cut' | 'reconnect' | 'invalid' }): void {
    for (const session of [...this.sessions.values()]) {
      const { socket } = session;
      session.resumable = options.resumable;
      if (options.how === 'reconnect') socket?.send(JSON.stringify({ op: 7, d: null }));
      else if (options.how === 'invalid') socket?.send(JSON.stringify({ op: 9, d: options.resumable }));
      else socket?.terminate();
      if (!options.resumable) this.sessions.delete(session.id);
    }
  }

  closeAll(code: number): void {
    for (const socket of this.#sockets.keys()) socket.close(code);
  }

  close(): void {
    for (const socket of this.#sockets.keys()) socket.terminate();
    this.#server.close();
  }

  #tell(event: WorldEvent): void {
    for (const session of this.sessions.values()) {
      const dispatch = toDispatch(event, session.viewer);
      if (dispatch) session.dispatch(dispatch);
    }
  }

  #accept(socket: WebSocket): void {
    const state: { session: GatewaySession | null; sentAt: number[] } = { session: null, sentAt: [] };
    this.#sockets.set(socket, state);
    socket.on('message', (data) => this.#receive(socket, state, String(data)));
    socket.on('error', () => socket.terminate());
    socket.on('close', (code) => {
      this.#sockets.delete(socket);
      const { session } = state;
      if (!session || session.socket !== socket) return;
      session.detach(socket);
      // A client that closes with 1000 or 1001 gives its session up; anything else it may resume.
      if (code === 1000 || code === 1001) session.resumable = false;
      if (!session.resumable) {
        this.sessions.delete(session.id);
        if (code === 1000 || code === 1001) this.#hooks.onSessionEnd(session);
      }
      this.#world.changes.notify();
    });
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: HEARTBEAT_INTERVAL_MS } }));
  }

  #receive(socket: WebSocket, state: { session: GatewaySession | null; sentAt: number[] }, text: string): void {
    const message = parseJson(text);
    if (!isObject(message)) {
      socket.close(CLOSE.decodeError, 'Decode error');
      return;
    }
    const { op } = message;
    const data = isObject(message.d) ? message.d : {};
    if (op === 1) {
      socket.send(JSON.stringify({ op: 11, d: null }));
      return;
    }
    if (!this.#withinLimit(state.sentAt)) {
      socket.close(CLOSE.rateLimited, 'Rate limited');
      return;
    }
    if (op === 2) {
      this.#identify(socket, state, data);
      return;
    }
    if (op === 6) {
      this.#resume(socket, state, data);
      return;
    }
    if (!state.session) {
      socket.close(CLOSE.notAuthenticated, 'Not authenticated');
      return;
    }
    if (op === 4) {
      this.#voiceState(state.session, data);
      return;
    }
    if (op === 8) {
      this.#requestMembers(state.session, data);
      return;
    }
    if (op !== 3 && op !== 31) {
      socket.close(CLOSE.unknownOpcode, 'Unknown opcode');
      return;
    }
  }

  #withinLimit(sentAt: number[]): boolean {
    const now = Date.now();
    while (sentAt[0] !== undefined && sentAt[0] <= now - SEND_WINDOW_MS) sentAt.shift();
    sentAt.push(now);
    return sentAt.length <= SEND_LIMIT;
  }

  #identify(socket: WebSocket, state: { session: GatewaySession | null }, data: JsonObject): void {
    if (state.session) {
      socket.close(CLOSE.alreadyAuthenticated, 'Already authenticated');
      return;
    }
    if (asString(data.token)?.replace(/^Bot /, '') !== this.#hooks.botToken) {
      socket.close(CLOSE.authenticationFailed, 'Authentication failed');
      return;
    }
    const intents = asNumber(data.intents) ?? 0;
    if (asksForPrivileged(intents) && !this.#hooks.privilegedIntents()) {
      socket.close(CLOSE.disallowedIntents, 'Disallowed intent(s)');
      return;
    }
    const { bot, applicationId } = this.#world;
    const session = new GatewaySession(randomUUID().replaceAll('-', ''), { botId: bot.id, intents }, socket);
    state.session = session;
    const guilds = [...this.#world.guilds.values()].filter(({ present }) => present);
    session.dispatch({
      t: 'READY',
      d: {
        v: 10,
        user: { ...userPayload(bot), verified: true, mfa_enabled: false, email: null },
        guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
        session_id: session.id,
        resume_gateway_url: this.#hooks.url(),
        shard: Array.isArray(data.shard) ? data.shard : [0, 1],
        application: { id: applicationId, flags: 0 },
      },
    });
    this.sessions.set(session.id, session);
    if (intents & INTENTS.guilds) {
      for (const guild of guilds) {
        session.dispatch({ t: 'GUILD_CREATE', d: guildPayload(guild, bot.id, (intents & INTENTS.guildMembers) !== 0) });
      }
    }
    this.#world.changes.notify();
  }

  #resume(socket: WebSocket, state: { session: GatewaySession | null }, data: JsonObject): void {
    if (asString(data.token)?.replace(/^Bot /, '') !== this.#hooks.botToken) {
      socket.close(CLOSE.authenticationFailed, 'Authentication failed');
      return;
    }
    const session = this.sessions.get(asString(data.session_id) ?? '');
    state.session = session ?? null;
    if (!session?.resume(socket, asNumber(data.seq) ?? -1)) {
      state.session = null;
      socket.send(JSON.stringify({ op: 9, d: false }));
    }
    this.#world.changes.notify();
  }

  #voiceState(session: GatewaySession, data: JsonObject): void {
    const entry = {
      guildId: asString(data.guild_id) ?? '',
      channelId: asString(data.channel_id) ?? null,
      selfMute: data.self_mute === true,
      selfDeaf: data.self_deaf === true,
      atMs: Date.now(),
    };
    this.op4Log.push(entry);
    this.#hooks.onVoiceState(entry, session);
    this.#world.changes.notify();
  }

  #requestMembers(session: GatewaySession, data: JsonObject): void {
    const guild = this.#world.guilds.get(asString(data.guild_id) ?? '');
    if (!guild) return;
    const wanted = Array.isArray(data.user_ids) ? data.user_ids : data.user_ids ? [data.user_ids] : null;
    const query = (asString(data.query) ?? '').toLowerCase();
    const members = [...guild.members.values()].filter((member) =>
      wanted ? wanted.includes(member.userId) : member.user.username.toLowerCase().startsWith(query),
    );
    session.dispatch({
      t: 'GUILD_MEMBERS_CHUNK',
      d: {
        guild_id: guild.id,
        members: members.map(memberPayload),
        chunk_index: 0,
        chunk_count: 1,
        ...(wanted && { not_found: wanted.filter((id) => !guild.members.has(String(id))) }),
        ...(asString(data.nonce) !== undefined && { nonce: data.nonce }),
      },
    });
  }
}
