/** Why nothing could be captured, in words for those who were there. Unknown reasons of a newer server are shown as they are. */
const words: Readonly<Record<string, string>> = {
  voxproc_failed: 'the audio process failed and was replaced',
  supervisor_down: 'Parley was restarting',
  reconnecting: 'the voice connection was being restored',
  no_datagrams: 'no audio came from Discord',
  server_deafened: 'Parley was server-deafened',
  undecryptable: 'the audio could not be decrypted',
  moved: 'Parley was being moved',
  paused: 'the recording was paused',
  disk_full: 'the disk was full',
  disk_failed: 'the disk failed',
};

export const gapInWords = (reason: string): string => words[reason] ?? reason.replaceAll('_', ' ');
