/**
 * `npm run screenshot`: takes the picture of the README, docs/session-page.png, of a recording's page as it is: the real server and pages
 * in Chromium (Debian: chromium), a real recording of the fixtures' voices.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { launchChromium, openPage, until } from '../test/web/rig/browser.ts';
import { recordedTalk } from '../test/web/rig/recordings.ts';
import { openSite } from '../test/web/rig/site.ts';
import { commandPath } from './lib/judges.ts';

const file = join(import.meta.dirname, '..', 'docs', 'session-page.png');
/** A README is read over slow lines too. */
const mostBytes = 400_000;

const people = ['Ada', 'Ben', 'Cleo', 'Theo'].map((displayName, index) => ({
  ...{ displayName, userId: `4000000000000000${index + 11}` },
}));

const take = async (): Promise<number> => {
  const [host] = people;
  if (!host) throw new Error('nobody is at the table');
  await using site = await openSite(people, host.userId);
  await using browser = await launchChromium();
  const made = await recordedTalk(site.plan(1, 'Table', Date.UTC(2026, 10, 20, 19, 30), people), {
    ...{ seconds: 240, hole: [101, 109] },
    notes: [
      [34, 'the map'],
      [152, 'who carries the rope?'],
      [205, 'the bridge at dawn'],
    ],
  });
  await site.add(made);
  const path = `/s/${made.file.recordingSessionId}?t=66`;
  await using watched = await openPage(browser, site, host.userId, {
    ...{ viewport: { width: 1280, height: 820 }, colorScheme: 'light', timezoneId: 'UTC', reducedMotion: 'reduce' },
  });
  const { page, problems } = watched;
  await page.goto(`${site.url}${path}`);
  const drawn = "[...document.querySelectorAll('.lane canvas')].filter(({ width }) => width > 300).length";
  await until(
    'waveforms',
    () => page.evaluate<number>(drawn),
    (count) => count === people.length,
  );
  await page.locator('.transcript-line[aria-current=true]').waitFor();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  await page.screenshot({ path: file, animations: 'disabled' });
  return (await stat(file)).size;
};

if (commandPath('chromium') === null) {
  console.error('Chromium is not installed (Debian: chromium).');
  process.exitCode = 1;
} else {
  const bytes = await take();
  console.log(`${file}: ${bytes} bytes`);
  if (bytes > mostBytes) {
    console.error(`That is more than ${mostBytes} bytes.`);
    process.exitCode = 1;
  }
}
