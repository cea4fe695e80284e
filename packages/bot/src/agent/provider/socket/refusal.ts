import type { CloseCode } from '../provider-event.ts';
import { isObject, type JsonObject, textOf } from './json.ts';

/**
 * What vendors call the refusals that end a conversation (OpenAI's "Error codes" guide; xAI answers with the same names). Every other
 * error leaves the socket open and is a warning.
 */
const fatalCodes: Readonly<Record<string, CloseCode>> = {
  insufficient_quota: 'quota_exhausted',
  billing_hard_limit_reached: 'quota_exhausted',
  billing_not_active: 'quota_exhausted',
  quota_exceeded: 'quota_exhausted',
  credits_exhausted: 'quota_exhausted',
  invalid_api_key: 'key_refused',
  incorrect_api_key: 'key_refused',
  invalid_authentication: 'key_refused',
  authentication_error: 'key_refused',
  permission_denied: 'key_refused',
  account_deactivated: 'key_refused',
  access_terminated: 'key_refused',
  organization_suspended: 'key_refused',
  unsupported_country_region_territory: 'key_refused',
  model_not_found: 'model_unknown',
  invalid_model: 'model_unknown',
  model_not_available: 'model_unknown',
  model_deprecated: 'model_unknown',
  session_expired: 'session_expired',
};

/** The end that a vendor's error code means; null: nothing ends. */
export const fatalCodeOf = (code: string | null): CloseCode | null =>
  code !== null && Object.hasOwn(fatalCodes, code) ? (fatalCodes[code] ?? null) : null;

/** `{error: {code, type, message}}`, or the same without the envelope, as vendors write it. */
export const errorOf = (body: JsonObject): { code: string | null; message: string; eventId: string | null } => {
  const inner = isObject(body.error) ? body.error : body;
  return {
    code: textOf(inner, 'code') ?? textOf(inner, 'type'),
    message: textOf(inner, 'message') ?? (typeof body.error === 'string' ? body.error : ''),
    eventId: textOf(inner, 'event_id'),
  };
};

/** What an HTTP answer in place of a socket means. */
export const refusalOf = (statusCode: number, body: string): CloseCode => {
  const named = fatalCodeOf(errorOf(parsed(body)).code);
  if (named !== null) return named;
  switch (statusCode) {
    case 401:
    case 403:
      return 'key_refused';
    case 402:
      return 'quota_exhausted';
    case 400:
    case 404:
    case 410:
    case 422:
      return 'bad_config';
    case 429:
      return 'rate_limited';
    default:
      return 'handshake_refused';
  }
};

/** The code in a close frame's reason, where there is one we know: some vendors say only there why they hang up. */
export const refusalInReason = (reason: string): CloseCode | null => {
  for (const word of reason.match(/[a-z_]{6,}/g) ?? []) {
    const code = fatalCodeOf(word);
    if (code !== null) return code;
  }
  return null;
};

const parsed = (text: string): JsonObject => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
};
