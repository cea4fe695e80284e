import type { ProviderConfig } from '../realtime-provider.ts';
import type { Dial, TlsTrust } from '../socket/dial.ts';
import type { JsonObject } from '../socket/json.ts';

export interface GeminiDialOptions {
  /** Without the path of the service; absent: Google's. */
  readonly baseUrl?: string;
  readonly apiKey: string;
  readonly config: ProviderConfig;
  /** Sends the configuration, once the socket is open. */
  readonly send: (message: JsonObject) => void;
  readonly trust?: TlsTrust;
}

/** Dials with Google's package. It takes 66 ms and 32 MB to load, so only who needs it loads it. */
export const geminiDial =
  (options: GeminiDialOptions): Dial =>
  async () => {
    if (options.baseUrl !== undefined && !URL.canParse(options.baseUrl)) {
      throw new TypeError(`${options.baseUrl} is no address`);
    }
    const { connectLive } = await import('./live-client.ts');
    return connectLive(options);
  };
