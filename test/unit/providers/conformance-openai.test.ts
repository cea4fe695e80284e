import { OpenAiProvider } from '../../../packages/bot/src/agent/provider/openai/openai-provider.ts';
import { conformance } from '../../providers/conformance/conformance.ts';
import { startOpenAiRealtime } from '../../providers/realtime/openai-realtime.ts';
import { realtimeRig } from '../../providers/realtime/realtime-rig.ts';

conformance('OpenAI', () =>
  realtimeRig({ start: startOpenAiRealtime, provider: (options) => new OpenAiProvider(options) }),
);
