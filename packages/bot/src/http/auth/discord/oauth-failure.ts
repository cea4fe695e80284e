/** Why signing in by Discord did not work. */
export const oauthFailureCodes = [
  'denied',
  'state_missing',
  'state_forged',
  'state_expired',
  'code_refused',
  'wrong_secret',
  'discord_refused',
  'discord_down',
] as const;
export type OAuthFailureCode = (typeof oauthFailureCodes)[number];

export interface OAuthFailureWords {
  readonly status: number;
  readonly title: string;
  /** What it means and what to do, without HTML. */
  readonly text: string;
}

const again = 'Begin again from the page you wanted to open';

/** What the person at the browser reads. */
export const oauthFailureWords = {
  denied: {
    ...{ status: 403, title: 'You are not signed in' },
    text: `Discord was told not to let Parley know who you are. ${again}, or get a link of your own in Discord: type /parley web.`,
  },
  state_missing: {
    ...{ status: 400, title: 'This sign-in was not begun here' },
    text: `This browser holds nothing of a sign-in: it was begun in another one, or cookies are blocked. ${again}, in this browser.`,
  },
  state_forged: {
    ...{ status: 400, title: 'This sign-in is not yours' },
    text: `What came back from Discord does not belong to the sign-in that this browser began. ${again}.`,
  },
  state_expired: {
    ...{ status: 400, title: 'This sign-in took too long' },
    text: `A sign-in has ten minutes. ${again}.`,
  },
  code_refused: {
    ...{ status: 400, title: 'Discord did not confirm this sign-in' },
    text: `Its code was used already, or is too old. ${again}.`,
  },
  wrong_secret: {
    ...{ status: 500, title: 'Signing in by Discord is set up wrongly' },
    text: 'Discord does not take the application’s id or secret. The operator has to check DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET. Until then, get a link in Discord: type /parley web.',
  },
  discord_refused: {
    ...{ status: 502, title: 'Discord refused this sign-in' },
    text: 'The log has what it said. The operator has to check that <PARLEY_PUBLIC_URL>/oauth/callback is a redirect of the application in Discord’s developer portal. Until then, get a link in Discord: type /parley web.',
  },
  discord_down: {
    ...{ status: 502, title: 'Discord does not answer' },
    text: 'Try again in a minute, or get a link in Discord: type /parley web.',
  },
} as const satisfies Record<OAuthFailureCode, OAuthFailureWords>;

/** Signing in by Discord failed; the message is for the log. */
export class OAuthFailure extends Error {
  readonly code: OAuthFailureCode;

  constructor(code: OAuthFailureCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'OAuthFailure';
    this.code = code;
  }
}
