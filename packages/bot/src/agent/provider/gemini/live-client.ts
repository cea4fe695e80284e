import { GoogleGenAI, Live } from '@google/genai';
import { boundedSocket, type Dialled } from '../socket/dial.ts';
import type { JsonObject } from '../socket/json.ts';
import type { GeminiDialOptions } from './gemini-dial.ts';
import { liveConfig } from './live-config.ts';

type SocketFactory = ConstructorParameters<typeof Live>[2];

/** Google's client with a socket of ours under its live sessions. */
class BoundedGenAi extends GoogleGenAI {
  readonly bounded: Live;

  constructor(apiKey: string, baseUrl: string | undefined, sockets: SocketFactory) {
    super({ apiKey, vertexai: false, ...(baseUrl !== undefined && { httpOptions: { baseUrl } }) });
    this.bounded = new Live(this.apiClient, { addAuthHeaders: async () => undefined }, sockets);
  }
}

/**
 * Opens a live session with Google's client: the address, the headers and the configuration are its own. It hears only that the session is
 * set up: a message it cannot read would end the process. @throws what is wrong with the address
 */
export const connectLive = async (options: GeminiDialOptions): Promise<Dialled> => {
  const { baseUrl, apiKey, config, send, trust = {} } = options;
  const made = Promise.withResolvers<Dialled>();
  const sockets: SocketFactory = {
    create: (url, headers, { onopen, onclose, onmessage }) => {
      const dialled = boundedSocket(url, headers, trust);
      const { socket } = dialled;
      made.resolve({
        socket,
        hear: (message, garbage) =>
          dialled.hear((event) => {
            if ('setupComplete' in event) onmessage({ data: JSON.stringify(event) });
            message(event);
          }, garbage),
      });
      return {
        connect: () => {
          socket.on('open', onopen);
          socket.on('close', (code, reason) => onclose({ code, reason: String(reason) }));
        },
        send: (text) => void send(JSON.parse(text) as JsonObject),
        // Its end is told by the socket, and made by whoever owns it.
        close: () => undefined,
      };
    },
  };
  // Without a key it would take one from the environment.
  const client = new BoundedGenAi(apiKey === '' ? 'none' : apiKey, baseUrl?.replace(/^ws/, 'http'), sockets);
  client.bounded
    .connect({ model: config.model, config: liveConfig(config), callbacks: { onmessage: () => undefined } })
    .catch(made.reject);
  return made.promise;
};
