import { recordingTables } from './001-recording.ts';
import type { Migration } from './migration.ts';

/** Every migration in its order. */
export const migrations: readonly Migration[] = [recordingTables];
