import { XaiProvider } from '../../../packages/bot/src/agent/provider/xai/xai-provider.ts';
import { conformance } from '../../providers/conformance/conformance.ts';
import { realtimeRig } from '../../providers/realtime/realtime-rig.ts';
import { startXaiRealtime } from '../../providers/realtime/xai-realtime.ts';

conformance('xAI', () => realtimeRig({ start: startXaiRealtime, provider: (options) => new XaiProvider(options) }));
