import { createHash, randomBytes } from 'node:crypto';
import type { JsonObject } from '../core/json.ts';

/** Whoever sits at the browser that is sent to Discord. */
export interface Visitor {
  readonly userId: string;
  /** Whether they let the application know who they are. */
  readonly agrees: boolean;
}

interface Code {
  readonly userId: string;
  readonly challenge: string;
  readonly redirectUri: string;
}

/** The application's part of Discord's OAuth2: its secret, its redirects, and what was handed out. */
export class SignIn {
  /** As the developer portal shows it; a test may change it. */
  clientSecret = 'simulated-client-secret';
  /** Where people may be sent back to. */
  readonly redirectUris = new Set<string>();
  /** null: nobody is signed in to Discord in that browser. */
  visitor: Visitor | null = null;
  readonly #clientId: string;
  readonly #codes = new Map<string, Code>();
  readonly #tokens = new Map<string, string>();

  constructor(clientId: string) {
    this.#clientId = clientId;
  }

  get issuedTokens(): readonly string[] {
    return [...this.#codes.keys(), ...this.#tokens.keys()];
  }

  /** Where the browser is sent on to; a text: what Discord's page complains of. */
  authorize(query: URLSearchParams): { readonly location: string } | { readonly problem: string } {
    const redirectUri = query.get('redirect_uri') ?? '';
    if (query.get('client_id') !== this.#clientId) return { problem: 'Unknown Application' };
    if (!this.redirectUris.has(redirectUri)) return { problem: 'Invalid OAuth2 redirect_uri' };
    if (query.get('response_type') !== 'code' || query.get('scope') !== 'identify') return { problem: 'Invalid scope' };
    const challenge = query.get('code_challenge') ?? '';
    if (query.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge)) {
      return { problem: 'Invalid code challenge' };
    }
    if (!this.visitor) return { problem: 'Log in' };
    const back = new URL(redirectUri);
    if (this.visitor.agrees) {
      const code = randomBytes(15).toString('base64url');
      this.#codes.set(code, { userId: this.visitor.userId, challenge, redirectUri });
      back.searchParams.set('code', code);
    } else {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', 'The resource owner or authorization server denied the request');
    }
    back.searchParams.set('state', query.get('state') ?? '');
    return { location: back.href };
  }

  /** An access token for a code that was never used before; otherwise the error's name (RFC 6749 §5.2). */
  token(authorization: string | null, form: JsonObject): { readonly accessToken: string } | { readonly error: string } {
    const given = Buffer.from(/^Basic (.+)$/.exec(authorization ?? '')?.[1] ?? '', 'base64').toString('utf8');
    if (given !== `${this.#clientId}:${this.clientSecret}`) return { error: 'invalid_client' };
    if (form.grant_type !== 'authorization_code') return { error: 'unsupported_grant_type' };
    const code = String(form.code);
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    const proof = createHash('sha256').update(String(form.code_verifier)).digest('base64url');
    if (!known || known.redirectUri !== form.redirect_uri || known.challenge !== proof) {
      return { error: 'invalid_grant' };
    }
    const accessToken = randomBytes(22).toString('base64url');
    this.#tokens.set(accessToken, known.userId);
    return { accessToken };
  }

  /** Whose token it is; null: nobody's. */
  userOf(authorization: string | null): string | null {
    return this.#tokens.get(/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '') ?? null;
  }
}
