import { type ClientOptions, WebSocket } from 'ws';
import { isObject, type JsonObject } from './json.ts';

/** Largest message taken; a larger one ends the socket. The longest audio delta seen of a vendor has a few hundred kilobytes. */
export const longestMessage = 16 * 1024 * 1024;

/** A socket that is being opened, and the messages that come out of it. */
export interface Dialled {
  readonly socket: WebSocket;
  /** To be called at once. Each message that is a JSON object, and why another one is none. */
  hear(message: (event: JsonObject) => void, garbage: (why: string) => void): void;
}

/** Begins to open a socket. @throws what is wrong with the address */
export type Dial = () => Promise<Dialled>;

/** What a connection over TLS is checked with, besides the authorities of this machine. */
export interface TlsTrust {
  readonly ca?: string;
}

/** The address of a socket under a base URL: `http` becomes `ws`, `https` becomes `wss`. @throws TypeError for what is no address */
export const socketUrl = (baseUrl: string, path: string, query: Readonly<Record<string, string>> = {}): URL => {
  const url = new URL(baseUrl);
  url.protocol = url.protocol === 'http:' || url.protocol === 'ws:' ? 'ws:' : 'wss:';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
};

/** Opens a socket whose messages are bounded. */
export const boundedSocket = (
  url: URL | string,
  headers: Readonly<Record<string, string>>,
  trust: TlsTrust = {},
): Dialled => {
  const options: ClientOptions = { headers, maxPayload: longestMessage, perMessageDeflate: false, ...trust };
  const socket = new WebSocket(url, options);
  return {
    socket,
    hear: (message, garbage) => {
      socket.on('message', (data) => {
        const read = readMessage(String(data));
        if (typeof read === 'string') garbage(read);
        else message(read);
      });
    },
  };
};

/** Dials with `ws` alone. */
export const dialWs =
  (url: () => URL, headers: Readonly<Record<string, string>>, trust: TlsTrust = {}): Dial =>
  async () =>
    boundedSocket(url(), headers, trust);

/** A message as an object with a text `type` or without; or why it is none. */
const readMessage = (text: string): JsonObject | string => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : 'a message is no JSON object';
  } catch {
    return 'a message is no JSON';
  }
};
