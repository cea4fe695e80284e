import { GeminiProvider } from '../../../packages/bot/src/agent/provider/gemini/gemini-provider.ts';
import type { ConformanceRig } from '../conformance/rig.ts';
import { type Answer, echoPersona } from '../realtime/scenario.ts';
import type { Message } from '../shared/connection.ts';
import { GeminiServer } from './gemini-server.ts';
import { asMessage } from './gemini-sim-session.ts';

const key = 'AIza-test-of-conformance';
const listOf = (value: unknown): readonly Message[] => (Array.isArray(value) ? value.map(asMessage) : []);

/** A rig for Gemini's adapter. */
export const geminiRig = async (): Promise<ConformanceRig & { readonly server: GeminiServer }> => {
  const planned: Answer[] = [];
  const persona = echoPersona();
  const server = await GeminiServer.start({ key, scenario: { answer: (heard) => planned.shift() ?? persona(heard) } });
  const received = (): readonly Message[] => server.connections.flatMap((one) => one.received);
  const latest = (): readonly Message[] => server.connections.at(-1)?.received ?? [];
  return {
    ...{ server, key },
    // Messages have no ids: a copy is more of the same.
    without: ['duplicate'],
    provider: ({ clock, apiKey = key, baseUrl = server.baseUrl }) => new GeminiProvider({ baseUrl, apiKey, clock }),
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
    messages: () => latest().length,
    asked: () =>
      latest().filter(
        ({ realtimeInput, clientContent }) =>
          asMessage(realtimeInput).activityEnd !== undefined || asMessage(clientContent).turnComplete === true,
      ).length,
    toolResults: () =>
      received()
        .flatMap(({ toolResponse }) => listOf(asMessage(toolResponse).functionResponses))
        .map(({ response }) => String(asMessage(response).output)),
    contextTexts: () =>
      received()
        .flatMap(({ clientContent }) => listOf(asMessage(clientContent).turns))
        .flatMap(({ parts }) => listOf(parts).map(({ text }) => String(text))),
    heardBytes: () =>
      latest()
        .map(({ realtimeInput }) => asMessage(asMessage(realtimeInput).audio).data)
        .reduce((sum: number, data) => sum + Buffer.from(String(data ?? ''), 'base64').length, 0),
    truncations: () => [],
    complaints: () => server.complaints,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};
