export { type Field, guildFields, secretsOf, settingsFields, shownValue, valueAt } from './fields.ts';
export {
  type ConsentMode,
  type GuildSettings,
  type GuildSettingsPatch,
  guildDefaultsOf,
  guildSettingsSchema,
  type Verbosity,
} from './guild-settings.ts';
export { guildPatchFromText } from './guild-values.ts';
export { type LoadedSettings, loadSettings } from './load-settings.ts';
export { isLoopbackHost } from './loopback.ts';
export { type MaskedSetting, maskedSettings } from './masked-settings.ts';
export { nearest } from './nearest.ts';
export { generateSettingsDoc } from './settings-doc.ts';
export { SettingsError, type SettingsProblem } from './settings-error.ts';
export { parseSettings, type Settings, settingsSchema } from './settings-schema.ts';
