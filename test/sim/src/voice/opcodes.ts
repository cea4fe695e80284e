/** Voice gateway opcodes, version 8 (reference: "Voice Opcodes"). */
export const VOICE_OP = {
  identify: 0,
  selectProtocol: 1,
  ready: 2,
  heartbeat: 3,
  sessionDescription: 4,
  speaking: 5,
  heartbeatAck: 6,
  resume: 7,
  hello: 8,
  resumed: 9,
  clientsConnect: 11,
  clientDisconnect: 13,
  davePrepareTransition: 21,
  daveExecuteTransition: 22,
  daveTransitionReady: 23,
  davePrepareEpoch: 24,
  mlsExternalSender: 25,
  mlsKeyPackage: 26,
  mlsProposals: 27,
  mlsCommitWelcome: 28,
  mlsAnnounceCommit: 29,
  mlsWelcome: 30,
  mlsInvalidCommitWelcome: 31,
} as const;

/** Voice gateway close codes (reference: "Voice Close Event Codes"). */
export const VOICE_CLOSE = {
  unknownOpcode: 4001,
  decodeError: 4002,
  notAuthenticated: 4003,
  authenticationFailed: 4004,
  alreadyAuthenticated: 4005,
  sessionInvalid: 4006,
  sessionTimeout: 4009,
  serverNotFound: 4011,
  unknownProtocol: 4012,
  disconnected: 4014,
  serverCrashed: 4015,
  unknownEncryptionMode: 4016,
  daveRequired: 4017,
  callTerminated: 4022,
} as const;

/** JSON messages with these opcodes carry `seq` and are replayed after a resume. */
const SEQUENCED: ReadonlySet<number> = new Set([
  VOICE_OP.speaking,
  VOICE_OP.clientsConnect,
  VOICE_OP.clientDisconnect,
  VOICE_OP.davePrepareTransition,
  VOICE_OP.daveExecuteTransition,
  VOICE_OP.davePrepareEpoch,
]);

export const isSequenced = (op: number): boolean => SEQUENCED.has(op);
