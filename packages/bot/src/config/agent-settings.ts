import { z } from 'zod';
import { mcpServers } from './tool-settings.ts';

const wakeName = z
  .string()
  .min(2)
  .max(32)
  .regex(/^[\p{L}\p{N}' -]+$/u, "letters, digits, spaces, - and '");

const usd = (description: string, value: number) => z.number().min(0).max(100_000).default(value).describe(description);
const wsOrHttp = z.url({ protocol: /^(?:https?|wss?)$/ }).meta({ schemes: 'http, https, ws or wss' });

export const runtimeModes = [
  'record_only',
  'openai_realtime',
  'voice_agent',
  'gemini_realtime',
  'elevenlabs_realtime',
] as const;

/** What a guild chooses of the agent; the installation's values under the same names are the defaults. */
export const agentPerGuildFields = {
  runtimeMode: z
    .enum(runtimeModes)
    .default('record_only')
    .describe(
      'What Parley does in a channel: record only, or listen and answer besides, through OpenAI, xAI (voice_agent), Gemini or ElevenLabs. Each needs its key.',
    ),
  replyPath: z
    .enum(['native', 'bridge', 'brain'])
    .default('native')
    .describe(
      'How the agent answers: speech to the realtime model (native), what each person said as text to it (bridge), or text to the text model of `brain` and its answer to speech (brain).',
    ),
  textOnlyMode: z.boolean().default(false).describe('Whether the agent answers in the text channel instead of aloud.'),
  wakeNames: z
    .array(wakeName)
    .max(10)
    .default([])
    .describe('Names the agent listens to besides its own in the server, comma-separated.'),
  addressing: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe(
      'What is meant for the agent: everything while one person is there and what follows its name otherwise (auto), everything, or nothing.',
    ),
  interruption: z
    .enum(['anyone', 'speaker', 'nobody'])
    .default('speaker')
    .describe('Who may speak over the agent: anyone, the person it answers, or nobody.'),
  captureSilenceMs: z
    .int()
    .min(100)
    .max(5000)
    .default(700)
    .describe('Milliseconds of silence after which somebody has finished, whatever else is known.'),
  persona: z
    .string()
    .max(2000)
    .default('')
    .describe('How the agent is to be and to talk, in a few sentences; empty: helpful and brief.'),
  languageMode: z
    .enum(['auto', 'fixed'])
    .default('auto')
    .describe('Whether the language that is spoken is found out, with languageHint as a hint, or is languageHint.'),
  languageHint: z
    .string()
    .regex(/^(?:[a-z]{2,3})?$/, 'a language code such as en, or nothing')
    .default('en')
    .describe('The language that is spoken, as a code such as `en`.'),
  languagePrompt: z
    .string()
    .max(280)
    .default('')
    .describe('Names and words that are often said, to help recognizers; at most 280 characters.'),
  whoMayUseAgent: z
    .enum(['everyone', 'role'])
    .default('everyone')
    .describe('Whom the agent answers: everyone it may hear, or holders of an agent role and Manage Server.'),
  agentRoleIds: z
    .array(z.string().regex(/^\d{17,20}$/, 'a Discord id of 17 to 20 digits'))
    .max(200)
    .default([])
    .describe('Roles that may talk with the agent when whoMayUseAgent is role, comma-separated ids.'),
  initiativeEagerness: z
    .int()
    .min(0)
    .max(100)
    .default(0)
    .describe('How readily the agent speaks without being asked when it has long been quiet, in percent; 0 = never.'),
} as const;

const key = (env: string, whose: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ env, secret: true, description: `The key for ${whose}, where the agent uses it.` });

/** Settings of the agent that only the operator has: keys, endpoints, models, limits, money. */
export const agentFields = {
  openai: z
    .strictObject({
      apiKey: key('OPENAI_API_KEY', 'OpenAI’s APIs'),
      baseUrl: wsOrHttp
        .default('https://api.openai.com/v1')
        .describe('Base URL of OpenAI’s API, or of a server that speaks it; one of your own needs no key.'),
      model: z.string().min(1).optional().describe('The realtime model; without it the newest that Parley knows.'),
      voice: z.string().min(1).default('alloy').describe('The voice of the realtime model.'),
      transcriptionModel: z
        .string()
        .min(1)
        .optional()
        .describe('The model that turns what people say into text while they speak.'),
      speechModel: z.string().min(1).optional().describe('The model that speaks text, for ttsMode `api`.'),
      speechVoice: z.string().min(1).default('alloy').describe('The voice that speaks text, for ttsMode `api`.'),
    })
    .prefault({}),
  xai: z
    .strictObject({
      apiKey: key('XAI_API_KEY', 'xAI'),
      baseUrl: wsOrHttp.default('https://api.x.ai/v1').describe('Base URL of xAI’s API.'),
      model: z.string().min(1).optional().describe('The model of the voice agent; without it xAI’s default.'),
      voice: z.string().min(1).default('Rex').describe('The voice of xAI’s agent.'),
      region: z.string().min(1).default('us-east-1').describe('The region that is asked for.'),
      sampleRate: z.int().min(8000).max(48_000).default(24_000).describe('Samples per second in both directions.'),
    })
    .prefault({}),
  gemini: z
    .strictObject({
      apiKey: key('GEMINI_API_KEY', 'Gemini'),
      baseUrl: wsOrHttp.optional().describe('Base URL of Gemini’s API; without it Google’s.'),
      model: z.string().min(1).optional().describe('The live model; without it the newest that Parley knows.'),
      voice: z.string().min(1).default('Aoede').describe('The voice of Gemini.'),
    })
    .prefault({}),
  elevenlabs: z
    .strictObject({
      apiKey: key('ELEVENLABS_API_KEY', 'ElevenLabs'),
      baseUrl: wsOrHttp.optional().describe('Base URL of ElevenLabs’ API; without it theirs.'),
      model: z.string().min(1).default('eleven_multilingual_v2').describe('ElevenLabs’ model that speaks.'),
      voiceId: z.string().min(1).optional().describe('The voice that speaks; ElevenLabs has no default.'),
      transcriptionModel: z.string().min(1).optional().describe('The model that turns speech into text.'),
    })
    .prefault({}),
  agent: z
    .strictObject({
      transcriptionMethod: z
        .enum(['realtime_bridge', 'file_wav'])
        .default('realtime_bridge')
        .describe('How speech becomes text where replyPath needs it: while it is spoken, or as a file afterwards.'),
      transcriberProvider: z.enum(['openai', 'elevenlabs']).default('openai').describe('Who makes text of files.'),
      usePerUserAsrBridge: z
        .boolean()
        .default(true)
        .describe('Whether each speaker has a transcription socket of their own, instead of one for all.'),
      noiseReduction: z
        .enum(['near_field', 'far_field', 'off'])
        .default('near_field')
        .describe('What transcription sockets are told about microphones.'),
      ttsMode: z
        .enum(['realtime', 'api'])
        .default('realtime')
        .describe('How replyPath `brain` speaks: through the realtime provider, or through an API for speech.'),
      ttsProvider: z.enum(['openai', 'elevenlabs']).default('openai').describe('Whose API speaks, for ttsMode `api`.'),
      fallbackModes: z
        .array(z.enum(runtimeModes).exclude(['record_only']))
        .max(3)
        .default([])
        .describe(
          'Who takes over, in this order, when the provider of a session is gone for good: runtime modes, comma-separated. Each needs its key; it keeps the session, and people are told.',
        ),
      localRecognizer: z
        .enum(['auto', 'off'])
        .default('auto')
        .describe(
          'Whether an installed pocketsphinx listens for the agent’s name first, so that nothing leaves this machine before that (English).',
        ),
      micSensitivity: z
        .enum(['sensitive', 'normal', 'strict'])
        .default('normal')
        .describe('How loud speech has to be to count.'),
      restAfterMinutes: z
        .int()
        .min(1)
        .max(120)
        .default(30)
        .describe('Minutes the agent stays awake at most before it rests; its name or a command wakes it.'),
      restAfterIdleSeconds: z
        .int()
        .min(20)
        .max(3600)
        .default(300)
        .describe('Seconds without a word after which the agent rests.'),
      mcpServers,
      usdPerSession: usd('US dollars the agent may spend in one session; 0 = no limit.', 5),
      usdPerPersonDay: usd('US dollars the agent may spend on one person within 24 hours; 0 = no limit.', 2),
      usdPerGuildDay: usd('US dollars the agent may spend in one server within 24 hours; 0 = no limit.', 10),
      usdTotalDay: usd('US dollars the agent may spend in all servers within 24 hours; 0 = no limit.', 25),
    })
    .prefault({}),
} as const;
