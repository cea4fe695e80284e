import type { CloseCode } from '../provider-event.ts';

/**
 * Google says in words why it closes a live socket (codes 1007, 1008, 1011), and its HTTP answers carry a status such as
 * `RESOURCE_EXHAUSTED` (google.rpc.Code) or a reason such as `API_KEY_INVALID` (google.rpc.ErrorInfo).
 */
const sayings: readonly (readonly [RegExp, CloseCode])[] = [
  [/api[ _]key[ _](?:not[ _]valid|invalid|expired|not[ _]found)|reported as leaked|UNAUTHENTICATED/i, 'key_refused'],
  [
    /exceeded your current quota|billing (?:is )?(?:disabled|not (?:enabled|active))|credits? (?:are|is) depleted/i,
    'quota_exhausted',
  ],
  [/models?\/\S+ is not (?:found|supported)|model \S+ (?:was )?not found/i, 'model_unknown'],
  [/RESOURCE_EXHAUSTED|rate limit/i, 'rate_limited'],
  [/session (?:duration|time) limit|deadline expired|session expired/i, 'session_expired'],
  [/PERMISSION_DENIED|caller does not have permission/i, 'key_refused'],
];

/** The end that Google's words mean; null: nothing is known of them. */
export const geminiCodeOf = (words: string): CloseCode | null => {
  for (const [saying, code] of sayings) if (saying.test(words)) return code;
  return null;
};
