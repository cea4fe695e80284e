import { ElevenLabsProvider } from '../../../packages/bot/src/agent/provider/elevenlabs/elevenlabs-provider.ts';
import type { ConformanceRig } from '../conformance/rig.ts';
import { type Answer, echoPersona } from '../realtime/scenario.ts';
import { ElevenLabsServer } from './elevenlabs-server.ts';

const key = 'xi-test-of-conformance';

/** A rig for ElevenLabs' voice. */
export const elevenLabsRig = async (): Promise<ConformanceRig & { readonly server: ElevenLabsServer }> => {
  const planned: Answer[] = [];
  const persona = echoPersona();
  const server = await ElevenLabsServer.start({
    key,
    scenario: { answer: (heard) => planned.shift() ?? persona(heard) },
  });
  return {
    ...{ server, key },
    // Messages have no ids: a copy is more of the same.
    without: ['duplicate'],
    provider: ({ clock, apiKey = key, baseUrl = server.baseUrl }) => new ElevenLabsProvider({ baseUrl, apiKey, clock }),
    answerNext: (...answers) => void planned.push(...answers),
    failNext: (...failures) => server.failNext(...failures),
    refuseNext: (...refusals) => server.refuseNext(...refusals),
    withholdReady: () => {
      server.voiceSwitches.ready = false;
    },
    // It speaks as the address of its socket says.
    speakAt: () => false,
    dropAll: () => {
      for (const connection of server.connections) connection.drop();
    },
    closeAll: (code, reason) => {
      for (const connection of server.connections) connection.close(code, reason);
    },
    held: () => server.server.held,
    opened: () => server.connections.length,
    messages: () => server.connections.at(-1)?.received.length ?? 0,
    asked: () => server.connections.at(-1)?.received.filter(({ flush }) => flush === true).length ?? 0,
    toolResults: () => [],
    contextTexts: () => [],
    heardBytes: () => 0,
    truncations: () => [],
    complaints: () => server.complaints,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};
