import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { need } from '../lib/need.ts';
import { until } from './rig/browser.ts';
import { recordedTalk } from './rig/recordings.ts';
import { pathTo, sharedTable, visit } from './rig/shared-table.ts';
import { ada, ben } from './rig/table.ts';

const withChromium = need('chromium');

test('a note is set where one listens, shown at once, and still there after a reload', withChromium, async () => {
  const { talked } = await sharedTable();
  await using watched = await visit(pathTo(talked), ben.userId);
  const { page, problems } = watched;
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await page.keyboard.press('l');
  await page.keyboard.press('n');
  await page.getByRole('dialog', { name: 'Note at 0:10' }).waitFor();
  await page.getByLabel('What happens here').fill('  the <b>gate</b> opens ');
  await page.keyboard.press('Enter');
  const note = page.getByRole('button', { name: 'Note at 10 seconds: the <b>gate</b> opens' });
  await note.waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0);
  await page.reload();
  await note.waitFor();
  assert.deepEqual(problems, []);
});

test('an export of a part is made, and downloaded', withChromium, async () => {
  const { talked } = await sharedTable();
  await using watched = await visit(pathTo(talked), ben.userId);
  const { page, problems } = watched;
  const form = page.getByRole('form', { name: 'Export' });
  await form.getByLabel('Format').selectOption('labels');
  await form.getByLabel('From').fill('0:30');
  await form.getByLabel('To').fill('0:10');
  await form.getByRole('button', { name: 'Make the file' }).click();
  await form.locator('.problem').waitFor();
  await form.getByLabel('From').fill('0:00');
  await form.getByRole('button', { name: 'Make the file' }).click();
  const link = form.getByRole('link', { name: /^Download/ });
  await link.waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  assert.match(download.suggestedFilename(), /labels/);
  const text = await readFile(await download.path(), 'utf8');
  assert.match(text, /^0\.\d+\t|^1\.\d+\t/m, 'labels of Audacity: begin, end, words');
  assert.deepEqual(problems, []);
});

test('what lies there already is downloaded as a file', withChromium, async () => {
  const { talked } = await sharedTable();
  await using watched = await visit(pathTo(talked), ben.userId);
  const { page, problems } = watched;
  const link = page.getByRole('region', { name: 'Downloads' }).getByRole('link', { name: 'Mix' });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  assert.match(download.suggestedFilename(), /\.ogg$/);
  assert.equal((await readFile(await download.path())).toString('latin1', 0, 4), 'OggS');
  assert.deepEqual(problems, []);
});

test('erasing asks first; after a yes the person is gone from lanes, transcript and mix', withChromium, async () => {
  const { site } = await sharedTable();
  const plan = site.plan(9, 'Couch', Date.UTC(2026, 10, 18, 20), [ada, ben]);
  const made = await recordedTalk(plan, { seconds: 30, hole: [27, 28], notes: [] });
  await site.add({ ...made, spoken: [] });
  await using watched = await visit(pathTo(made), ben.userId);
  const { page, problems } = watched;
  const lanes = () => page.locator('.lane').count();
  await until('lanes', lanes, (count) => count === 2);
  assert.equal(await page.getByText('Erase somebody else').count(), 0, 'Ben manages nothing');
  await page.getByRole('button', { name: 'Erase me' }).click();
  await page.getByRole('dialog', { name: 'Erase Ben from this recording?' }).waitFor();
  await page.getByRole('button', { name: 'Keep everything' }).click();
  assert.equal(await lanes(), 2);
  await page.getByRole('button', { name: 'Erase me' }).click();
  await page.getByRole('button', { name: 'Erase', exact: true }).click();
  // Ben was in it by his voice alone: from now on it is not his to see.
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  assert.deepEqual(
    problems.filter((problem) => !problem.includes('404')),
    [],
  );

  await using manager = await visit(pathTo(made), ada.userId);
  await until(
    'one lane',
    () => manager.page.locator('.lane').count(),
    (count) => count === 1,
  );
  assert.equal(await manager.page.getByText('Ben').count(), 0);
  assert.deepEqual(manager.problems, []);
});
