import { settingsFields, shownValue, valueAt } from './fields.ts';
import type { LoadedSettings } from './load-settings.ts';

export interface MaskedSetting {
  readonly path: string;
  readonly env: string;
  /** As text, secrets masked. */
  readonly value: string;
  readonly source: string;
}

/** Every setting with its value and source, fit to be printed: secrets masked. */
export const maskedSettings = ({ settings, sources }: LoadedSettings): MaskedSetting[] =>
  settingsFields.map((field) => ({
    path: field.path,
    env: field.env,
    value: shownValue(field, valueAt(settings, field.path)),
    source: sources[field.path] ?? 'default',
  }));
