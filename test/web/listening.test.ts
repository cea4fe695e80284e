import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { need } from '../lib/need.ts';
import { assertAccessible, sounding, until } from './rig/browser.ts';
import { pathTo, sharedTable, visit } from './rig/shared-table.ts';
import { ada, ben, cleo, people } from './rig/table.ts';

const withChromium = need('chromium');

const positionOf = async (page: Page): Promise<number> =>
  Number(await page.getByRole('slider', { name: 'Position in the recording' }).getAttribute('aria-valuenow'));

const open = async () => {
  const { talked } = await sharedTable();
  const watched = await visit(pathTo(talked), ada.userId);
  await watched.page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await watched.page.locator('.transcript-line').first().waitFor();
  return { ...watched, talked, [Symbol.asyncDispose]: watched[Symbol.asyncDispose] };
};

test(
  'a recording plays: its audio is decoded, the position goes on, and the transcript follows',
  withChromium,
  async () => {
    await using opened = await open();
    const { page, problems, talked } = opened;
    const [first] = talked.spoken;
    assert.ok(first);
    const current = page.locator('.transcript-line[aria-current=true]', { hasText: first.text });
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    // Looked for from the first moment on: a machine that is slow to look sees the second line otherwise.
    const followed = current.waitFor();
    const heard = await until(
      'audio',
      () => sounding(page),
      ([mix]) => (mix?.seconds ?? 0) > 0.4,
    );
    assert.deepEqual(
      heard.map(({ path, paused, failed }) => ({ path, paused, failed })),
      [{ path: `/api/recordings/${talked.file.recordingSessionId}/mix`, paused: false, failed: false }],
    );
    assert.ok((heard[0]?.decodedBytes ?? 0) > 0, 'something was decoded');
    await until(
      'the position',
      () => positionOf(page),
      (seconds) => seconds >= 1,
    );
    await followed;
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await until(
      'a pause',
      () => sounding(page),
      (all) => all.every(({ paused }) => paused),
    );
    assert.deepEqual(problems, []);
  },
);

test(
  'one jumps by a click on a lane, by keys, by a line of the transcript, by a note and by a gap',
  withChromium,
  async () => {
    await using opened = await open();
    const { page, problems, talked } = opened;
    const at = async (what: string, seconds: number): Promise<void> => {
      await until(
        what,
        () => positionOf(page),
        (seen) => Math.abs(seen - seconds) <= 1,
      );
      const all = await until(
        what,
        () => sounding(page),
        ([mix]) => Math.abs((mix?.seconds ?? -9) - seconds) <= 1,
      );
      assert.equal(
        all.some(({ failed }) => failed),
        false,
      );
    };
    const box = await page.locator('.timeline-over').boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await at('the middle', 20);
    for (const [key, seconds] of [
      ['ArrowRight', 25],
      ['j', 15],
      ['Home', 0],
      ['l', 10],
      ['End', 40],
      ['ArrowLeft', 35],
    ] as const) {
      await page.keyboard.press(key);
      await at(key, seconds);
    }
    const line = talked.spoken[2];
    assert.ok(line);
    await page.locator('.transcript-time').nth(2).click();
    await at('a line', Math.floor(line.fromMs / 1000));
    await page.getByRole('button', { name: 'the castle' }).click();
    await at('a note', 8);
    await page.getByLabel('What is missing').getByRole('button').click();
    await at('a gap', 20);
    assert.deepEqual(problems, []);
  },
);

test('a transcript that is being made shows how far it is, and comes by itself', withChromium, async () => {
  const { site, talked } = await sharedTable();
  const { recordingSessionId } = talked.file;
  const known = site.transcripts.get(recordingSessionId) ?? assert.fail('it has no transcript');
  site.transcripts.set(recordingSessionId, { ...known, spoken: [], making: { status: 'running', fraction: 0.42 } });
  try {
    await using watched = await visit(pathTo(talked), ada.userId);
    const { page, problems } = watched;
    const bar = page.getByRole('progressbar', { name: 'How much of it is transcribed' });
    await bar.waitFor();
    assert.equal(await bar.getAttribute('value'), '0.42');
    await assertAccessible(page);
    site.transcripts.set(recordingSessionId, known);
    await page.locator('.transcript-line').first().waitFor();
    assert.deepEqual(problems, []);
  } finally {
    site.transcripts.set(recordingSessionId, known);
  }
});

test('the transcript is searched: what matches stays, marked, and a key leads to the field', withChromium, async () => {
  await using opened = await open();
  const { page, problems, talked } = opened;
  await page.keyboard.press('/');
  await page.keyboard.type('bread and water');
  const matching = talked.spoken.filter(({ text }) => text.includes('bread and water'));
  assert.ok(matching.length > 0 && matching.length < talked.spoken.length);
  await until(
    'matches',
    () => page.locator('.transcript-line').count(),
    (count) => count === matching.length,
  );
  assert.equal(await page.locator('mark').first().textContent(), 'bread and water');
  await page.keyboard.type(' nobody said this');
  await page.getByText('Nothing matches.').waitFor();
  assert.deepEqual(problems, []);
});

test(
  'who is muted is not heard, who is picked out is heard alone, in step and at the same place',
  withChromium,
  async () => {
    await using opened = await open();
    const { page, problems, talked } = opened;
    const trackOf = ({ userId }: { userId: string }) =>
      `/api/recordings/${talked.file.recordingSessionId}/tracks/${userId}`;
    await page.keyboard.press('l');
    await page.keyboard.press('k');
    await until(
      'audio',
      () => sounding(page),
      ([mix]) => (mix?.seconds ?? 0) > 10.2,
    );
    await page.getByRole('button', { name: 'Mute Cleo' }).click();
    const three = await until(
      'three tracks',
      () => sounding(page),
      (all) => all.length === 3 && all.every(({ seconds, decodedBytes }) => seconds > 10.3 && decodedBytes > 0),
    );
    const wanted = people.filter((person) => person !== cleo).map(trackOf);
    assert.deepEqual(three.map(({ path }) => path).toSorted(), wanted.toSorted());
    await until(
      'in step',
      () => sounding(page),
      (all) => Math.max(...all.map(({ seconds }) => seconds)) - Math.min(...all.map(({ seconds }) => seconds)) < 0.06,
    );
    await page.getByRole('button', { name: 'Hear Ben alone' }).click();
    await until(
      'Ben',
      () => sounding(page),
      ([one, ...others]) => others.length === 0 && one?.path === trackOf(ben) && one.seconds > 10,
    );
    await page.getByRole('button', { name: 'Hear Ben alone' }).click();
    await page.getByRole('button', { name: 'Mute Cleo' }).click();
    const [mix] = await until(
      'the mix',
      () => sounding(page),
      ([one, ...others]) => others.length === 0 && one?.path.endsWith('/mix') === true && one.seconds > 10,
    );
    assert.equal(mix?.paused, false);
    assert.deepEqual(problems, []);
  },
);
