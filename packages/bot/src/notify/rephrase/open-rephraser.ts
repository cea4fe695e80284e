import type { Clock } from '@parley/protocol';
import type { Settings } from '../../config/settings-schema.ts';
import type { Logger } from '../../log.ts';
import { ChatRephraser, type Rephraser, templatesOnly } from '../index.ts';

/** Other words than the templates', where an endpoint and a model are named. */
export const openRephraser = ({ rephrase }: Pick<Settings, 'rephrase'>, clock: Clock, logger: Logger): Rephraser => {
  const { baseUrl, model, apiKey = null } = rephrase;
  if (baseUrl === undefined || model === undefined) return templatesOnly;
  return new ChatRephraser({ baseUrl, model, apiKey, clock, logger });
};
