import type { Settings } from '../../config/index.ts';
import type { Store } from '../../store/index.ts';
import { systemResolve } from './resolve-target.ts';
import { WebhookDeliveries, type WebhookDeliveriesOptions } from './webhook-deliveries.ts';

export interface OpenWebhookOptions
  extends Pick<WebhookDeliveriesOptions, 'metrics' | 'clock' | 'logger' | 'background'> {
  readonly settings: Settings;
  readonly store: Store;
}

/** The webhook of this installation; null where none is set. */
export const openWebhook = ({ settings, store, ...rest }: OpenWebhookOptions): WebhookDeliveries | null => {
  const { webhook, transcription, recordingsDir, publicUrl = null } = settings;
  const { url, secret, allowPrivate } = webhook;
  if (url === undefined || secret === undefined) return null;
  return new WebhookDeliveries({
    ...{ ...rest, url: new URL(url), secret, allowPrivate, publicUrl, recordingsDir, store },
    resolve: systemResolve,
    random: Math.random,
    transcriptOf: async (recordingSessionId, guildId) => {
      const state = (await store.transcripts.states([recordingSessionId])).get(recordingSessionId);
      if (transcription.provider === 'none') return { status: state ?? 'none', isMade: false };
      const isWanted = state !== undefined || (await store.guildSettings.get(guildId)).transcribe;
      return { status: state ?? 'none', isMade: isWanted };
    },
  });
};
