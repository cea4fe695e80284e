import type { z } from 'zod';
import { aliases, type ClientMessage, type ClientMessageType, clientMessages } from './client-messages.ts';
import type { DuplexErrorCode } from './error-codes.ts';
import { maxDiagnosticBytes, maxFramesMessageBytes, maxMessageBytes } from './limits.ts';
import { type ServerMessage, type ServerMessageType, serverMessages } from './server-messages.ts';

export type Decoded<M> =
  | { readonly ok: true; readonly message: M }
  | { readonly ok: false; readonly code: DuplexErrorCode; readonly message: string };

const refused = (code: DuplexErrorCode, message: string) => ({ ok: false, code, message }) as const;

const objectOf = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
};

const withoutAliases = (type: ClientMessageType, value: Record<string, unknown>): Record<string, unknown> => {
  const known = aliases[type];
  if (!known) return value;
  const renamed = { ...value };
  for (const [alias, name] of Object.entries(known)) {
    if (renamed[name] === undefined && renamed[alias] !== undefined) renamed[name] = renamed[alias];
  }
  return renamed;
};

const parsed = <M>(schema: z.ZodType, value: unknown): Decoded<M> => {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, message: result.data as M };
  const where = result.error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.') || 'message'}: ${message}`);
  const isConfig = result.error.issues.some(({ path }) => path[0] === 'config');
  return refused(isConfig ? 'bad_config' : 'bad_message', where.join('; '));
};

/** A text message of a browser, or what is wrong with it. Never throws, whatever it is given. */
export const decodeClientMessage = (text: string): Decoded<ClientMessage> => {
  if (text.length > maxFramesMessageBytes) return refused('too_big', `${text.length} characters`);
  const value = objectOf(text);
  const type = value?.type;
  if (value === null || typeof type !== 'string') return refused('bad_json', 'a JSON object with a type is expected');
  if (!Object.hasOwn(clientMessages, type))
    return refused('unknown_type', `Unknown message type: ${type.slice(0, 64)}`);
  const known = type as ClientMessageType;
  const mayBeLarge = known === 'video_frame' || value.frame_base64_list !== undefined;
  if (text.length > maxMessageBytes && !mayBeLarge) return refused('too_big', `${text.length} characters`);
  if (known === 'client_diagnostic' && text.length > maxDiagnosticBytes)
    return refused('bad_message', 'a diagnostic that long is not kept');
  if (known === 'audio_chunk' && value.audio_base64 === undefined && value.audio === undefined) {
    return refused('bad_message', 'Missing audio_base64');
  }
  return parsed<ClientMessage>(clientMessages[known], withoutAliases(known, value));
};

/** A text message of the server, or what is wrong with it; for clients and tests. */
export const decodeServerMessage = (text: string): Decoded<ServerMessage> => {
  const value = objectOf(text);
  const type = value?.type;
  if (value === null || typeof type !== 'string') return refused('bad_json', 'a JSON object with a type is expected');
  if (!Object.hasOwn(serverMessages, type))
    return refused('unknown_type', `Unknown message type: ${type.slice(0, 64)}`);
  return parsed<ServerMessage>(serverMessages[type as ServerMessageType], value);
};
