import { z } from 'zod';
import { isLoopbackHost } from './loopback.ts';
import type { SettingsProblem } from './settings-error.ts';

/** Settings of what is told to another program when a recording is finished. */
export const webhookFields = {
  webhook: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe(
          'URL that is told of every finished recording (docs/api.md); https, or http on this machine; with `webhook.secret`.',
        ),
      secret: z.string().min(16).max(512).optional().meta({
        secret: true,
        description: 'The secret its messages are signed with, 16 characters at least.',
      }),
      allowPrivate: z
        .boolean()
        .default(false)
        .describe('Whether that URL may lead to addresses of private networks, this machine’s among them.'),
    })
    .prefault({}),
} as const;

export type WebhookSettings = z.output<(typeof webhookFields)['webhook']>;

/** What of the webhook's settings does not go together. Neither the secret nor a password in the URL is in it. */
export const checkWebhook = (
  { url, secret }: WebhookSettings,
  sources: Readonly<Record<string, string>>,
): SettingsProblem[] => {
  if (url === undefined) return [];
  const refused = (path: string, value: string | null, allowed: string): SettingsProblem => ({
    ...{ code: 'refused', path, value, allowed, nearest: null },
    source: sources[path] ?? 'default',
  });
  const { protocol, hostname, origin, username, password } = new URL(url);
  const problems: SettingsProblem[] = [];
  if (protocol === 'http:' && !isLoopbackHost(hostname))
    problems.push(
      refused('webhook.url', origin, 'names of people go there, so it must be https, or http on this machine'),
    );
  if (username !== '' || password !== '')
    problems.push(refused('webhook.url', origin, 'it takes no user and password; the receiver checks the signature'));
  if (secret === undefined)
    problems.push(
      refused(
        'webhook.secret',
        null,
        'webhook.url needs a secret of 16 characters or more; `openssl rand -hex 32` makes one',
      ),
    );
  return problems;
};
