/** Everything that can be wrong with an installation. */
export type DoctorCode =
  | 'node_too_old'
  | 'token_missing'
  | 'token_malformed'
  | 'ffmpeg_missing'
  | 'codec_missing'
  | 'mixer_missing'
  | 'disk_full'
  | 'disk_low'
  | 'disk_unknown'
  | 'recordings_unwritable'
  | 'data_unwritable'
  | 'sqlite_missing'
  | 'sqlite3_missing'
  | 'port_in_use'
  | 'address_unavailable'
  | 'token_refused'
  | 'discord_unreachable'
  | 'message_content_off'
  | 'no_server'
  | 'permissions_missing'
  | 'clock_off';

/** One finding in a plain sentence that names the way out. An `error` keeps Parley from working; a `warning` does not. */
export interface Finding {
  readonly level: 'error' | 'warning';
  readonly code: DoctorCode;
  readonly sentence: string;
}

export const problem = (code: DoctorCode, sentence: string): Finding => ({ level: 'error', code, sentence });
export const warning = (code: DoctorCode, sentence: string): Finding => ({ level: 'warning', code, sentence });

/** What keeps Parley from working before what does not, otherwise in order. */
export const errorsFirst = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((left, right) => Number(right.level === 'error') - Number(left.level === 'error'));
