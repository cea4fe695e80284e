import { connect as connectPlain } from 'node:net';
import { type Dial, longestMessage, type TlsTrust } from '../socket/dial.ts';

export interface SdkDialOptions {
  /** Up to and including the version, `https://api.openai.com/v1`; `http` and `ws` mean a socket without TLS (a server of one's own). */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly target: { readonly model: string } | { readonly intent: 'transcription' };
  readonly headers?: Readonly<Record<string, string>>;
  readonly trust?: TlsTrust;
}

/**
 * Dials with the socket of OpenAI's package. It takes 130 ms and 37 MB to load, so only who needs it loads it. It knows `wss` only;
 * towards a plain server the connection under it is made here, and the protocol above stays the same.
 */
export const sdkDial =
  ({ baseUrl, apiKey, target, headers = {}, trust = {} }: SdkDialOptions): Dial =>
  async () => {
    const url = new URL(baseUrl);
    const [{ OpenAI }, { OpenAIRealtimeWS }] = await Promise.all([import('openai'), import('openai/realtime/ws')]);
    const client = new OpenAI({
      apiKey: apiKey === '' ? 'none' : apiKey,
      baseURL: baseUrl.replace(/^ws/, 'http'),
      organization: null,
      project: null,
    });
    const plain = url.protocol === 'http:' || url.protocol === 'ws:';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = Number(url.port) || 80;
    const realtime = new OpenAIRealtimeWS(
      {
        ...target,
        options: {
          headers: { ...headers },
          maxPayload: longestMessage,
          ...trust,
          ...(plain && { createConnection: () => connectPlain({ host, port }) }),
        },
      },
      client,
    );
    let unreadable: (why: string) => void = () => undefined;
    // From the first moment on: an error nobody listens to ends the process. Errors the provider sends come as events too, those of the
    // connection are heard on the socket itself; what is left is what cannot be read.
    realtime.on('error', ({ cause }) => {
      if (cause instanceof SyntaxError) unreadable('a message is no JSON');
      else if (cause instanceof TypeError) unreadable('a message is no object with a type');
    });
    return {
      socket: realtime.socket,
      hear: (message, garbage) => {
        unreadable = garbage;
        realtime.on('event', (event) => message({ ...event }));
      },
    };
  };
