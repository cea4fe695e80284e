import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guildSettingsSchema } from '../config/guild-settings.ts';
import { parseSettings } from '../config/settings-schema.ts';
import { readyAgent } from '../testing/scripted-agents.ts';
import { type AgentNeeds, type AgentReadiness, type AgentSettings, agentModes, agentNeeds } from './agent-readiness.ts';
import type { JoinContext } from './join-context.ts';
import { evaluateJoin, joinRuleTable } from './join-rules.ts';

const bool = [false, true] as const;

const context = (agent: AgentReadiness | null): JoinContext => ({
  settings: parsed,
  guildSettings: guildSettingsSchema.parse({ whoMayRecord: 'everyone' }),
  botUserId: '900000000000000001',
  requester: { id: '200000000000000001', roleIds: [], canManageGuild: false, voiceChannelId: '300000000000000001' },
  target: {
    id: '300000000000000001',
    type: 'voice',
    userLimit: 0,
    memberIds: [],
    botPermissions: {
      view: true,
      connect: true,
      speak: true,
      moveMembers: true,
      changeNickname: true,
      setVoiceStatus: true,
    },
  },
  live: null,
  agent,
  startedLastDay: 0,
  activeOrPendingSessions: 0,
  willRecord: true,
});
const parsed = parseSettings();
const base = context(null);

/** Every agent there can be, as far as the rules look at it. */
function* everyAgent(): Generator<AgentReadiness> {
  for (const mode of agentModes)
    for (const replyPath of ['native', 'bridge', 'brain'] as const)
      for (const transcriptionMethod of ['realtime_bridge', 'file_wav'] as const)
        for (const transcriberProvider of ['openai', 'elevenlabs'] as const)
          for (const ttsMode of ['realtime', 'api'] as const)
            for (const ttsProvider of ['openai', 'elevenlabs'] as const)
              for (const textOnlyMode of bool)
                for (let bits = 0; bits < 256; bits += 1) {
                  const bit = (n: number) => (bits & (1 << n)) !== 0;
                  yield {
                    settings: {
                      ...{ mode, replyPath, transcriptionMethod, transcriberProvider, ttsMode, ttsProvider },
                      ...{ textOnlyMode, usePerUserAsrBridge: true, hasElevenLabsVoiceId: bit(0) },
                    },
                    services: {
                      keys: { openai: bit(1), xai: bit(2), gemini: bit(3), elevenlabs: bit(4) },
                      ...{ fileAsrReady: bit(5), speechSynthesisReady: bit(6), brainReady: bit(7) },
                      supports: { perUserAsr: true, sharedAsr: true },
                    },
                  };
                }
}

/** The conditions as the documentation of the product words them, apart from the code: rule number, and whether it denies. */
const worded: readonly (readonly [
  number: string,
  denies: (a: AgentSettings, s: AgentReadiness['services']) => boolean,
])[] = [
  ['8', (a, s) => a.mode === 'voice_agent' && !s.keys.xai],
  ['9', (a, s) => a.mode === 'openai_realtime' && !s.keys.openai],
  ['10', (a, s) => a.mode === 'gemini_realtime' && !s.keys.gemini],
  ['11', (a, s) => a.mode === 'elevenlabs_realtime' && !s.keys.elevenlabs],
  [
    '12',
    (a, s) =>
      !s.keys.elevenlabs &&
      ((a.replyPath !== 'native' && a.transcriptionMethod === 'file_wav' && a.transcriberProvider === 'elevenlabs') ||
        (a.replyPath === 'brain' && a.ttsMode === 'api' && a.ttsProvider === 'elevenlabs')),
  ],
  ['13', (a) => a.mode === 'elevenlabs_realtime' && a.replyPath !== 'brain'],
  ['14', (a) => a.mode === 'elevenlabs_realtime' && !a.hasElevenLabsVoiceId],
  ['15', (a) => a.transcriberProvider === 'elevenlabs' && a.replyPath !== 'brain'],
  ['16', (a) => a.transcriberProvider === 'elevenlabs' && a.transcriptionMethod !== 'file_wav'],
  [
    '17',
    (a, s) =>
      !s.keys.openai &&
      a.mode !== 'openai_realtime' &&
      ((a.replyPath !== 'native' && a.transcriptionMethod === 'realtime_bridge' && !a.textOnlyMode) ||
        (a.replyPath !== 'native' && a.transcriptionMethod === 'file_wav' && a.transcriberProvider === 'openai') ||
        (a.replyPath === 'brain' && a.ttsMode === 'api' && a.ttsProvider === 'openai')),
  ],
  ['18', (a, s) => a.replyPath !== 'native' && a.transcriptionMethod === 'file_wav' && !s.fileAsrReady],
  ['19', (a, s) => a.replyPath === 'brain' && a.ttsMode === 'api' && !s.speechSynthesisReady],
  ['20', (a, s) => a.replyPath === 'brain' && !s.brainReady],
];

test('of every agent there can be, the first rule that applies denies, and every pair that can meet was met in order', () => {
  const ruleOf = new Map(joinRuleTable.map(({ number, rule }) => [number, rule]));
  const met = new Set<string>();
  let agents = 0;
  for (const agent of everyAgent()) {
    agents += 1;
    const ctx = { ...base, agent };
    const applying = worded.filter(([, denies]) => denies(agent.settings, agent.services)).map(([number]) => number);
    const [first] = applying;
    assert.deepEqual(evaluateJoin(ctx), first === undefined ? null : ruleOf.get(first)?.(ctx));
    for (const [index, number] of applying.entries())
      for (const later of applying.slice(index + 1)) met.add(`${number} ${later}`);
  }
  assert.equal(agents, 98_304);
  const numbers = worded.map(([number]) => number);
  const never = numbers.flatMap((number, index) =>
    numbers.slice(index + 1).flatMap((later) => (met.has(`${number} ${later}`) ? [] : [`${number} ${later}`])),
  );
  // One mode at a time; the reply path is `brain` or it is not; OpenAI's own mode is told by its own rule.
  assert.deepEqual(never, [
    ...['8 9', '8 10', '8 11', '8 13', '8 14'],
    ...['9 10', '9 11', '9 13', '9 14', '9 17'],
    ...['10 11', '10 13', '10 14'],
    ...['13 19', '13 20', '15 19', '15 20', '16 18'],
  ]);
});

test('where no agent is wanted none of its rules has anything to say', () => {
  assert.equal(evaluateJoin(base), null);
});

const nothing: AgentNeeds = {
  usesFileTurnTranscription: false,
  usesRealtimeBridgeAsr: false,
  usesApiTts: false,
  needsOpenAiAudioApi: false,
  needsElevenLabsAudioApi: false,
  perUserAsr: false,
  sharedAsr: false,
};
const bridge = { usesRealtimeBridgeAsr: true, needsOpenAiAudioApi: true };
const noPerUser = { perUserAsr: false, sharedAsr: true };
const needs: readonly (readonly [
  what: string,
  settings: Partial<AgentSettings>,
  needs: Partial<AgentNeeds>,
  supports?: AgentReadiness['services']['supports'],
])[] = [
  ['native', {}, {}],
  ['native with files', { transcriptionMethod: 'file_wav' }, {}],
  ['native with speech by API', { ttsMode: 'api' }, {}],
  ['bridge', { replyPath: 'bridge' }, { ...bridge, perUserAsr: true }],
  ['bridge, one socket for all', { replyPath: 'bridge', usePerUserAsrBridge: false }, { ...bridge, sharedAsr: true }],
  ['bridge without a socket each', { replyPath: 'bridge' }, { ...bridge, sharedAsr: true }, noPerUser],
  ['bridge without either', { replyPath: 'bridge' }, bridge, { perUserAsr: false, sharedAsr: false }],
  ['bridge, text only', { replyPath: 'bridge', textOnlyMode: true }, {}],
  [
    'bridge with files',
    { replyPath: 'bridge', transcriptionMethod: 'file_wav' },
    { usesFileTurnTranscription: true, needsOpenAiAudioApi: true },
  ],
  [
    'files by ElevenLabs',
    { replyPath: 'brain', transcriptionMethod: 'file_wav', transcriberProvider: 'elevenlabs' },
    { usesFileTurnTranscription: true, needsElevenLabsAudioApi: true },
  ],
  [
    'brain with speech by ElevenLabs',
    { replyPath: 'brain', ttsMode: 'api', ttsProvider: 'elevenlabs' },
    { ...bridge, perUserAsr: true, usesApiTts: true, needsElevenLabsAudioApi: true },
  ],
  [
    'brain in text, speech by OpenAI',
    { replyPath: 'brain', textOnlyMode: true, ttsMode: 'api' },
    { usesApiTts: true, needsOpenAiAudioApi: true },
  ],
];
for (const [what, settings, expected, supports] of needs)
  test(`what an agent needs: ${what}`, () => {
    const services = supports === undefined ? readyAgent.services : { ...readyAgent.services, supports };
    const agent = { settings: { ...readyAgent.settings, ...settings }, services };
    assert.deepEqual(agentNeeds(agent), { ...nothing, ...expected });
  });
