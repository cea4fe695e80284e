/** Why a session ended, in words for operators. */
export const sessionEndReasons = {
  requested: 'somebody entitled to it asked',
  max_duration: 'the longest time of a recording was reached',
  alone: 'no human was left in the channel',
  trigger_gone: 'it had come by itself, and those it came for had gone',
  kicked: 'a moderator disconnected the bot',
  channel_deleted: 'the voice channel was deleted',
  moved_to_disallowed: 'a moderator moved the bot to a channel it may not record in',
  settings_changed: 'a change of settings forbids this session',
  connection_lost: 'the voice connection could not be restored',
  switch_failed: 'a switch to another channel failed, and so did the way back',
  voxproc_failed: 'the audio process failed more than three times in a minute',
  disk_full: 'there was no space left to record',
  folder_unwritable: 'the recording folder could not be written',
  shutdown: 'Parley was shut down',
} as const satisfies Record<string, string>;

export type SessionEndReason = keyof typeof sessionEndReasons;
