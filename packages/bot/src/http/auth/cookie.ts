import type { CookieSerializeOptions } from '@fastify/cookie';

/**
 * The cookie of a sign-in, or (`oauth`) of one that is under way at Discord. Behind https its name begins with `__Host-`: browsers
 * then take it from this host alone, for the whole of it, over https only (RFC 6265bis §4.1.3.2). `Lax`: a link in Discord opens the
 * page signed in, another site's form does not.
 */
export const cookieOf = (
  isHttps: boolean,
  what: 'sign-in' | 'oauth' = 'sign-in',
): { readonly name: string; readonly options: CookieSerializeOptions } => ({
  name: `${isHttps ? '__Host-' : ''}parley${what === 'oauth' ? '-oauth' : ''}`,
  options: { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps },
});
