import type { Clock } from '@parley/protocol';
import type { RealtimeProvider } from '../../../packages/bot/src/agent/provider/realtime-provider.ts';
import type { ConformanceRig } from '../conformance/rig.ts';
import type { Message } from '../shared/connection.ts';
import type { RealtimeServer, RealtimeServerOptions } from './realtime-server.ts';
import { type Answer, echoPersona } from './scenario.ts';

export interface RealtimeRigOptions {
  readonly start: (options: RealtimeServerOptions) => Promise<RealtimeServer>;
  readonly provider: (options: {
    readonly baseUrl: string;
    readonly apiKey: string;
    readonly clock: Clock;
    readonly trust: { readonly ca?: string };
  }) => RealtimeProvider;
  readonly tls?: boolean;
}

const key = 'sk-test-of-conformance';
const asMessage = (value: unknown): Message => (typeof value === 'object' && value !== null ? (value as Message) : {});

/** A rig for adapters of OpenAI's protocol and its dialects. */
export const realtimeRig = async ({ start, provider, tls = false }: RealtimeRigOptions): Promise<ConformanceRig> => {
  const planned: Answer[] = [];
  const persona = echoPersona();
  const server = await start({ key, tls, scenario: { answer: (heard) => planned.shift() ?? persona(heard) } });
  const items = (): readonly Message[] =>
    server.connections.flatMap((one) => one.ofType('conversation.item.create').map(({ item }) => asMessage(item)));
  return {
    key,
    without: [],
    provider: ({ clock, apiKey = key, baseUrl = server.baseUrl }) =>
      provider({ baseUrl, apiKey, clock, trust: server.ca === null ? {} : { ca: server.ca } }),
    answerNext: (...answers) => void planned.push(...answers),
    failNext: (...failures) => server.failNext(...failures),
    refuseNext: (...refusals) => server.refuseNext(...refusals),
    withholdReady: () => {
      server.switches.ready = false;
    },
    speakAt: (rate) => {
      server.switches.outputRate = rate;
      return true;
    },
    dropAll: () => {
      for (const connection of server.connections) connection.drop();
    },
    closeAll: (code, reason) => {
      for (const connection of server.connections) connection.close(code, reason);
    },
    held: () => server.server.held,
    opened: () => server.connections.length,
    messages: () => server.connections.at(-1)?.received.length ?? 0,
    asked: () => server.connections.at(-1)?.ofType('response.create').length ?? 0,
    toolResults: () =>
      items()
        .filter(({ type }) => type === 'function_call_output')
        .map(({ output }) => String(output)),
    contextTexts: () =>
      items()
        .filter(({ type }) => type === 'message')
        .flatMap(({ content }) => (Array.isArray(content) ? content : []))
        .map((part) => String(asMessage(part).text)),
    heardBytes: () =>
      server.latest
        .ofType('input_audio_buffer.append')
        .reduce((sum, { audio }) => sum + Buffer.from(String(audio), 'base64').length, 0),
    truncations: () =>
      server.latest.received.flatMap((message) =>
        message.type === 'conversation.item.truncate'
          ? [`${message.item_id}: ${message.audio_end_ms}`]
          : message.type === 'conversation.item.delete'
            ? [`${message.item_id}: deleted`]
            : [],
      ),
    complaints: () => server.complaints,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};
