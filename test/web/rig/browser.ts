import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as after } from 'node:timers/promises';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { commandPath } from '../../../scripts/lib/judges.ts';
import type { Site } from './site.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How long something may take on a machine that is busy with other things, milliseconds. */
const patienceMs = 30_000;

/** The Chromium on PATH, without a sandbox where it is run as root. @throws Error when there is none */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: commandPath('chromium') ?? 'chromium',
    args: [
      ...['--autoplay-policy=no-user-gesture-required', '--mute-audio', '--disable-gpu', '--disable-dev-shm-usage'],
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });

/** A page, and everything that went wrong in it. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the console said as an error, and what was thrown. */
  readonly problems: string[];
}

let visitors = 0;

/** Opens a page in a profile and at an address of its own, signed in as somebody; null: as nobody. */
export const openPage = async (
  browser: Browser,
  site: Site,
  userId: string | null,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> => {
  visitors += 1;
  const context = await browser.newContext({
    ...{ viewport: { width: 1280, height: 860 }, locale: 'en-GB' },
    // The server limits requests per address; the tests are many people at one.
    extraHTTPHeaders: { 'x-forwarded-for': `203.0.113.${visitors % 256}` },
    ...options,
  });
  if (userId !== null) {
    const { secret } = await site.rig.signIn(userId);
    await context.addCookies([{ name: 'parley', value: secret, url: site.url, httpOnly: true, sameSite: 'Lax' }]);
  }
  context.setDefaultTimeout(patienceMs);
  await context.addInitScript(rememberAudio);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  return { page, context, problems, [Symbol.asyncDispose]: () => context.close() };
};

/** Serious and critical faults that axe-core finds in the page as it stands, in words. */
export const axeFaults = async (page: Page): Promise<string[]> => {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`));
};

/** Asserts that axe-core finds nothing serious in the dark and in the light, and leaves the page as it was. */
export const assertAccessible = async (page: Page): Promise<void> => {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await axeFaults(page), [], colorScheme);
  }
};

/** How much wider the page is than the window, CSS pixels: more than 0 scrolls sideways. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** Keeps every audio element that a page makes, since none of them stands in the document. */
const rememberAudio = `{
  globalThis.heard = [];
  const Plain = globalThis.Audio;
  globalThis.Audio = function (...rest) {
    const element = new Plain(...rest);
    globalThis.heard.push(element);
    return element;
  };
}`;

/** An audio element as it is now. */
export interface Sounding {
  /** Path of what it plays. */
  readonly path: string;
  readonly seconds: number;
  readonly paused: boolean;
  readonly decodedBytes: number;
  readonly failed: boolean;
}

/** The audio elements that hold something to play. */
export const sounding = (page: Page): Promise<Sounding[]> =>
  page.evaluate<Sounding[]>(`heard.filter(({ src }) => src !== '').map((one) => ({
    path: new URL(one.src).pathname,
    seconds: one.currentTime,
    paused: one.paused,
    decodedBytes: one.webkitAudioDecodedByteCount,
    failed: one.error !== null,
  }))`);

/** Looks again until something holds. @throws Error after 30 s, with what was seen last */
export const until = async <T>(what: string, look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> => {
  const end = performance.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > end) throw new Error(`${what}: never; at last ${JSON.stringify(seen)}`);
    await after(30);
  }
};
