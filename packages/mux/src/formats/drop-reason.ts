/** Why an attributed packet was received but not written. `received = written + Σ dropped` holds in every sidecar. */
export const dropReasons = [
  'empty',
  'all_padding',
  'oversized',
  'ciphertext',
  'undecryptable',
  'unencrypted',
  'duplicate',
  'late',
  'malformed',
  'idle_silence',
  'opted_out',
  'paused',
  'queue_full',
  'disk_failed',
] as const;

export type DropReason = (typeof dropReasons)[number];

/** What each reason means, in words for `--verify` and the docs. */
export const dropReasonMeaning = {
  empty: 'no payload at all',
  all_padding: 'nothing but RTP padding',
  oversized: 'an Opus frame longer than 1275 bytes',
  ciphertext: 'still end-to-end encrypted when it had to be written',
  undecryptable: 'neither transport nor end-to-end decryption succeeded',
  unencrypted: 'not encrypted in an end-to-end encrypted call',
  duplicate: 'the same sequence number twice',
  late: 'came after the reorder window had moved on',
  malformed: 'not a valid Opus packet (its TOC and length disagree)',
  idle_silence: 'a silence frame while no segment was open',
  opted_out: 'held packets of a person who opted out',
  paused: 'the recording was paused',
  queue_full: 'the bounded write queue was full',
  disk_failed: 'the file could not be written',
} as const satisfies Record<DropReason, string>;
