/** Why an attributed packet was received but not written. `received = written + Σ dropped` holds in every sidecar. */
export const dropReasons = [
  /** No payload at all. */
  'empty',
  /** Nothing but RTP padding. */
  'all_padding',
  /** An Opus frame longer than 1275 bytes. */
  'oversized',
  /** Still end-to-end encrypted when it had to be written. */
  'ciphertext',
  /** Neither transport nor end-to-end decryption succeeded. */
  'undecryptable',
  /** Not encrypted in an end-to-end encrypted call. */
  'unencrypted',
  /** The same sequence number twice. */
  'duplicate',
  /** Came after the reorder window had moved on. */
  'late',
  /** Not a valid Opus packet: its TOC and length disagree. */
  'malformed',
  /** A silence frame while no segment was open. */
  'idle_silence',
  /** Held packets of a person who opted out. */
  'opted_out',
  /** The recording was paused. */
  'paused',
  /** The bounded write queue was full. */
  'queue_full',
  /** The file could not be written. */
  'disk_failed',
] as const;

export type DropReason = (typeof dropReasons)[number];
