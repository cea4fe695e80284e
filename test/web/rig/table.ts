import type { Browser } from 'playwright-core';
import { launchChromium } from './browser.ts';
import { describedRecording, type MadeRecording, recordedTalk, type Speaker } from './recordings.ts';
import { openSite, type Site } from './site.ts';

const userId = (n: number): string => `4000000000000000${String(n).padStart(2, '0')}`;

/** Ada has Manage Server; the fourth is called in a script that is read from right to left. */
export const people: readonly Speaker[] = ['Ada', 'Ben', 'Cleo', 'שרה כהן'].map((displayName, index) => ({
  ...{ displayName, userId: userId(index + 1) },
}));

export const [ada, ben, cleo, sara] = people as readonly [Speaker, Speaker, Speaker, Speaker];
/** A member who is in none of the recordings. */
export const dora: Speaker = { userId: userId(5), displayName: 'Dora' };

const longName = 'Hubert Blaine Wolfeschlegelsteinhausenbergerdorff the Second of His Name';
/** A full voice channel: names of every length, two of them in other scripts. */
export const crowd: readonly Speaker[] = Array.from({ length: 25 }, (_, index) => ({
  userId: userId(20 + index),
  displayName: [longName, 'عبد الرحمن', '大谷翔平', 'Mo', `Guest ${index}`][Math.min(index, 4)] ?? '',
}));

const evening = Date.UTC(2026, 10, 20, 19, 30);
const hour = 3_600_000;

/** A site with a recording of every kind, and the browser to look at it. */
export interface Table extends AsyncDisposable {
  readonly site: Site;
  readonly browser: Browser;
  /** A conversation of 40 s that was really recorded. */
  readonly talked: MadeRecording;
  readonly crowded: MadeRecording;
  readonly failed: MadeRecording;
  readonly empty: MadeRecording;
}

/** Sets everything up. @throws what the bundler, the mixer or the browser says */
export const setTable = async (): Promise<Table> => {
  await using scope = new AsyncDisposableStack();
  const browser = scope.use(await launchChromium());
  const site = scope.use(await openSite([...people, dora], ada.userId));
  const talked = await recordedTalk(site.plan(1, 'Table', evening, people), {
    ...{ seconds: 40, hole: [20, 23] },
    notes: [
      [8, 'the castle'],
      [31, 'decide who carries the rope'],
    ],
  });
  const lastYear = site.plan(
    2,
    'The Very Long Name of a Channel That Somebody Thought Would Be Funny 🎲🎲🎲',
    evening - 400 * 24 * hour,
    crowd,
  );
  const crowded = describedRecording(lastYear, { durationMs: 6 * hour, outputFile: 'full.ogg' }, talked);
  const failed = describedRecording(site.plan(3, 'Table', evening - 26 * hour, [ada, ben]), {
    ...{ status: 'failed', error: 'disk_failed: there is no space' },
  });
  const empty = describedRecording(site.plan(4, 'Couch', evening - 27 * hour, []), { status: 'empty' });
  for (const made of [talked, crowded, failed, empty]) await site.add(made);
  const owned = scope.move();
  return { ...{ site, browser, talked, crowded, failed, empty }, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};
