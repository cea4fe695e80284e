/** Why a recording cannot go on: there is no space, or the folder cannot be written for any other reason. */
export type DiskReason = 'disk_full' | 'folder_unwritable';

/** A failure of the recording's disk. */
export interface DiskFailure {
  readonly reason: DiskReason;
  /** The system's error code, `UNKNOWN` when it had none. */
  readonly code: string;
  readonly path: string;
  readonly cause: unknown;
}

const fullCodes: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** Reads a file system error. */
export const diskFailure = (error: unknown, path: string): DiskFailure => {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
  return { reason: fullCodes.has(code) ? 'disk_full' : 'folder_unwritable', code, path, cause: error };
};
