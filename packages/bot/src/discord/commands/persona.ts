import { defineCommand } from './command.ts';

/** What a person says to have the installation's persona again. */
const resetWord = 'reset';

export const persona = defineCommand({
  name: 'persona',
  says: 'how the AI is to be on this server',
  options: {
    text: { kind: 'text', says: `a few sentences, or \`${resetWord}\`; without them it is shown`, maxLength: 2000 },
  },
  may: 'manage_server',
  run: async ({ guildId, userId, args: { text } }, { store, logger, settings: { prefix } }) => {
    const shown = (value: string): string => (value === '' ? 'not set' : value);
    if (text === null) {
      const [now, own] = await Promise.all([store.guildSettings.get(guildId), store.guildSettings.own(guildId)]);
      const setting = { key: 'persona', value: shown(now.persona), isOwn: Object.hasOwn(own, 'persona') };
      return { kind: 'settings_shown', details: { settings: [setting], prefix } };
    }
    const isReset = text.trim().toLowerCase() === resetWord;
    const stored = await store.guildSettings.set(guildId, { persona: isReset ? null : text.trim() });
    logger.info({ guildId, userId, reset: isReset }, 'the persona was changed');
    return { kind: 'setting_stored', details: { key: 'persona', value: shown(stored.persona), isOwn: !isReset } };
  },
});
