import assert from 'node:assert/strict';
import { test } from 'node:test';
import { need } from '../lib/need.ts';
import { assertAccessible, overflow } from './rig/browser.ts';
import { describedRecording } from './rig/recordings.ts';
import { sharedTable, visit } from './rig/shared-table.ts';
import { ada, ben, cleo, people } from './rig/table.ts';

const withChromium = need('chromium');

test(
  'a running recording shows who is there and what happens, takes notes, and becomes the finished page by itself',
  withChromium,
  async () => {
    const { site, talked } = await sharedTable();
    const { sessions } = site;
    await sessions.services.store.consents.set({
      ...{ userId: cleo.userId, guildId: null, kind: 'recorded', state: 'opted_out', at: 1, textVersion: 1 },
    });
    const { id, session } = await site.begin([ada, ben, cleo]);
    await using watched = await visit(`/s/${id}`, ada.userId, { reducedMotion: 'reduce' });
    const { page, problems } = watched;
    await page.locator('.live-person', { hasText: 'Ben' }).waitFor();
    await page.getByText('One more person is there and not recorded.').waitFor();
    assert.equal(await page.getByText(cleo.displayName).count(), 0, 'whoever is not recorded is not named');
    session.reports.news.speaking.add(ben.userId);
    await page.locator('.live-person[data-speaking=true]', { hasText: 'Ben' }).waitFor();
    sessions.clock.advance(12_000);
    session.reports.news.add({
      recordingSessionId: id,
      kind: 'spoke',
      userId: ben.userId,
      fromSample: 48_000,
      toSample: 5 * 48_000,
    });
    await page.getByText('0:12').first().waitFor();
    await page.locator('.live-strip span').first().waitFor({ state: 'attached' });
    const motion = await page.evaluate<string>(
      "getComputedStyle(document.querySelector('.chip.live'), '::before').animationName",
    );
    assert.equal(motion, 'none', 'nothing moves for who wants no motion');
    await page.getByRole('button', { name: 'Set a note' }).click();
    await page.getByLabel('What happens here').fill('now it begins');
    await page.getByRole('button', { name: 'Keep the note' }).click();
    await page.getByText('now it begins').waitFor();
    await assertAccessible(page);
    assert.equal(await overflow(page), 0);

    const plan = { ...site.plan(10, 'Table', talked.file.startTime, people), id };
    await site.add(describedRecording(plan, { durationMs: 40_000, outputFile: 'full.ogg' }, talked));
    await sessions.drive(sessions.coordinator.shutdown(), 100);
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    assert.equal(await page.locator('.lane').count(), people.length);
    assert.deepEqual(problems, []);
  },
);
