import { type Field, guildFields, settingsFields } from './fields.ts';
import { perGuildFields } from './guild-settings.ts';
import { configFileName } from './sources.ts';

const head = `# Settings

This page is generated from the schema in \`packages/bot/src/config\`; a test fails when it is stale.

Values come from, the later before the earlier: defaults, \`${configFileName}\`, \`.env\`, the environment. The first two files stand in the
folder Parley is started from. In \`${configFileName}\` a setting stands under its path (\`{"http": {"port": 0}}\`), in \`.env\` and the
environment under its name; lists are comma-separated there, and an empty value counts as not set. An unknown name, or a value that is not
allowed, stops the start and is named with what is allowed. An explicit 0 is 0.

Settings marked *per guild* are what a server has until it gets a value of its own: \`!settings set KEY VALUE\` (\`/parley settings\`) there, by somebody with Manage Server.
A recording that runs follows the change at once. Everything else is read at the start: a change of it takes a restart.

| setting | environment | allowed | default | |
|---|---|---|---|---|
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

const shownDefault = ({ default: value }: Field): string => {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return '–';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
};

const row = (field: Field): string =>
  `| \`${field.path}\` | \`${field.env}\` | ${cell(field.allowed)} | ${shownDefault(field)} | ${cell(field.description)}${
    field.path in perGuildFields ? ' *Per guild.*' : ''
  }${field.secret ? ' *Secret: never printed.*' : ''} |\n`;

const guildHead = `
## Of a server alone

These have no value of the installation; each server sets its own.

| setting | allowed | default | |
|---|---|---|---|
`;

const guildRow = (field: Field): string =>
  `| \`${field.path}\` | ${cell(field.allowed)} | ${shownDefault(field)} | ${cell(field.description)} |\n`;

/** The content of `docs/settings.md`. */
export const generateSettingsDoc = (): string =>
  head +
  settingsFields.map(row).join('') +
  guildHead +
  guildFields
    .filter(({ path }) => !(path in perGuildFields))
    .map(guildRow)
    .join('');
