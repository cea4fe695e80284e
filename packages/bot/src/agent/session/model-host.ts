import type { GuildSettings } from '../../config/guild-settings.ts';
import type { Settings } from '../../config/settings-schema.ts';
import type { AgentMode } from '../../policy/agent-readiness.ts';

/** The companies behind the runtime modes, as people know them. */
export const vendorNames = {
  openai_realtime: 'OpenAI',
  voice_agent: 'xAI',
  gemini_realtime: 'Google Gemini',
  elevenlabs_realtime: 'ElevenLabs',
} as const satisfies Record<AgentMode, string>;

const addressOf = (settings: Settings, mode: AgentMode): string | undefined =>
  ({
    openai_realtime: settings.openai.baseUrl,
    voice_agent: settings.xai.baseUrl,
    gemini_realtime: settings.gemini.baseUrl,
    elevenlabs_realtime: settings.elevenlabs.baseUrl,
  })[mode];

const vendorHosts = /(?:^|\.)(?:openai\.com|x\.ai|googleapis\.com|elevenlabs\.io)$/;

/**
 * Whose model hears what is said to the agent in this guild: the vendor, or the host of a server of one's own. null: none listens.
 * @param services `agents` null: this installation only records
 */
export const modelHost = (
  { runtimeMode }: Pick<GuildSettings, 'runtimeMode'>,
  { settings, agents }: { readonly settings: Settings; readonly agents: unknown },
): string | null => {
  if (runtimeMode === 'record_only' || agents === null) return null;
  const address = addressOf(settings, runtimeMode);
  const host = address === undefined ? null : new URL(address).hostname;
  return host === null || vendorHosts.test(host) ? vendorNames[runtimeMode] : host;
};
