/**
 * Headers of the pages: their own scripts, styles and audio, pictures of people from Discord's own host, and nothing else; framed by
 * nobody. `media-src blob:` is not needed: audio is played from where it is served.
 */
export const pageHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' https://cdn.discordapp.com",
    "media-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
} as const;
