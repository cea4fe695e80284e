/** Bytes of a text message; with camera frames more. A larger one closes the socket with 1009 (RFC 6455, "message too big"). */
export const maxMessageBytes = 1024 * 1024;
export const maxFramesMessageBytes = 4 * 1024 * 1024;

/** Rates of v0: what the microphone sends and the agent says, Hz. In v1 each side says its own. */
export const microphoneRate = 16_000;
export const speechRate = 24_000;

/** A binary frame of v1 holds this much audio, ms. */
export const frameMs = { least: 20, most: 100 } as const;
/** A chunk of v0, ms (`config.chunk_ms`). */
export const chunkMs = { least: 100, most: 2000, usual: 1000 } as const;

/** Characters of a system prompt, of a text that is sent, and of a diagnostic that is kept. */
export const maxPrompt = 20_000;
export const maxText = 4000;
export const maxDiagnosticBytes = 16 * 1024;

/** The name under which a browser asks for v1 (`Sec-WebSocket-Protocol`); without it v0 is spoken. */
export const v1Subprotocol = 'parley.duplex.v1';

/** Close codes of our own, and the standard ones we use (RFC 6455, section 7.4). */
export const closeCodes = {
  ended: 1000,
  disabled: 1008,
  tooBig: 1009,
  tryLater: 1013,
  replaced: 4001,
} as const;
