import type { Clock } from '@parley/protocol';
import type { GuildSettings } from '../../config/guild-settings.ts';
import type { Settings } from '../../config/settings-schema.ts';
import { defaultModel } from '../provider/models/model-table.ts';
import { ElevenLabsSpeech } from '../provider/speak/elevenlabs-speech.ts';
import { OpenAiSpeech } from '../provider/speak/openai-speech.ts';
import { ChatStream } from '../replies/brain/chat-stream.ts';
import type { AgentBrain } from './make-replies.ts';

const httpOf = (baseUrl: string): string => baseUrl.replace(/^ws/, 'http');

/** What speaks for a text model through an API; null: the realtime provider does. */
const speechOf = ({ agent, openai, elevenlabs }: Settings, clock: Clock): AgentBrain['speech'] => {
  if (agent.ttsMode === 'realtime') return null;
  if (agent.ttsProvider === 'elevenlabs') {
    const { apiKey = '', baseUrl, model, voiceId = '' } = elevenlabs;
    const own = baseUrl === undefined ? {} : { baseUrl: httpOf(baseUrl) };
    return { model, synthesizer: new ElevenLabsSpeech({ ...own, apiKey, model, voiceId, clock }) };
  }
  const model = openai.speechModel ?? defaultModel('openai', 'speech') ?? '';
  const { apiKey = '', baseUrl, speechVoice: voice } = openai;
  return { model, synthesizer: new OpenAiSpeech({ baseUrl: httpOf(baseUrl), apiKey, model, voice, clock }) };
};

/** The text model of reply path `brain`; null: another path, or none is set. */
export const brainOf = (settings: Settings, guild: GuildSettings, clock: Clock): AgentBrain | null => {
  const { baseUrl, model, apiKey = null } = settings.brain;
  if (guild.replyPath !== 'brain' || baseUrl === undefined || model === undefined) return null;
  return { chat: new ChatStream({ baseUrl, model, apiKey, clock }), speech: speechOf(settings, clock) };
};
