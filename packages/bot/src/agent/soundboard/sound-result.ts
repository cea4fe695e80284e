/** What became of a wish for a sound. Closed; the words are for the model, which tells the people. */
export const soundResults = {
  played: 'it was played',
  disabled: 'this server does not let the agent play sounds',
  unknown_sound: 'there is no such sound',
  too_often: 'the same sound was played a moment ago',
  guild_missing: 'the server is not known',
  channel_missing: 'the voice channel is not known',
  bot_member_missing: 'what the bot may do here is not known',
  missing_permissions: 'the bot lacks Speak or Use Soundboard in this channel',
  missing_external_permissions: 'the bot lacks Use External Sounds in this channel',
  not_in_voice: 'the bot is not in the voice channel',
  muted_or_deaf: 'the bot is muted or deafened, and Discord refuses sounds then',
  api_error: 'Discord did not play it; the log has why',
} as const satisfies Record<string, string>;
export type SoundResult = keyof typeof soundResults;
