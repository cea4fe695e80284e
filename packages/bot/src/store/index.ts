export type { Action, ActionFields, ActionKind } from './action.ts';
export { bootId } from './boot-id.ts';
export { DataFolderLockedError, dataFolderHolder, lockDataFolder } from './data-folder-lock.ts';
export { type OpenStoreOptions, openStore } from './open-store.ts';
export type {
  ConsentKind,
  ConsentRow,
  ConsentState,
  DeliveryRow,
  ErasureRow,
  IndicatorRow,
  JobRow,
  JobState,
  ParticipantRow,
  RecordingPatch,
  RecordingRow,
  SessionPatch,
  SessionRow,
  SignInRow,
  SpokenRow,
  TranscriptHit,
  TranscriptQuery,
  TranscriptState,
  VisibleQuery,
} from './rows.ts';
export { newestSchemaVersion, schemaVersionOf } from './schema-version.ts';
export type { SqliteDriverName, Store, StoreHealth } from './store.ts';
export { StoreError, type StoreErrorCode, storeErrorCodes } from './store-error.ts';
