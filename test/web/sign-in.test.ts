import assert from 'node:assert/strict';
import { test } from 'node:test';
import { need } from '../lib/need.ts';
import { assertAccessible } from './rig/browser.ts';
import { pathTo, sharedTable, visit } from './rig/shared-table.ts';
import { ada, ben, dora } from './rig/table.ts';

const withChromium = need('chromium');

/** What a browser says of every answer that is no success; the pages cannot help it. */
const besides = (problems: readonly string[], status: string): string[] =>
  problems.filter((problem) => !problem.includes(`status of ${status}`));

test('who is not signed in is told how, and sees nothing', withChromium, async () => {
  const { talked } = await sharedTable();
  await using watched = await visit(pathTo(talked), null);
  const { page, problems } = watched;
  await page.getByRole('heading', { name: 'Please sign in' }).waitFor();
  assert.equal(await page.getByText(talked.file.channelName).count(), 0);
  await assertAccessible(page);
  assert.deepEqual(besides(problems, '401'), []);
});

test('a link signs in by its button, leads to its page, and works once', withChromium, async () => {
  const { talked, site } = await sharedTable();
  const link = await site.rig.desk.linkFor(ben.userId, pathTo(talked));
  await using watched = await visit(link, null);
  const { page, problems } = watched;
  await page.getByText(/You will be signed in as .+ and come to the recording of Table, /).waitFor();
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Table' }).waitFor();
  assert.equal(new URL(page.url()).pathname, pathTo(talked));
  const elsewhere = await site.rig.signIn(ben.userId);
  await page.locator('summary', { hasText: 'Account:' }).click();
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('heading', { name: 'Please sign in' }).waitFor();
  assert.equal((await fetch(`${site.url}/api/me`, { headers: { cookie: elsewhere.cookie } })).status, 401);
  await page.goto(`${site.url}${link}`);
  await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await assertAccessible(page);
  assert.deepEqual(besides(besides(problems, '401'), '410'), []);
});

for (const [who, userId, path] of [
  ['somebody who was not in it', dora.userId, null],
  ['anybody, for a recording there is not', ada.userId, '/s/100000000000000001-300000000000000099-20260101T000000000Z'],
] as const)
  test(`a recording is not there for ${who}`, withChromium, async () => {
    const { talked } = await sharedTable();
    await using watched = await visit(path ?? pathTo(talked), userId);
    const { page, problems } = watched;
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    await assertAccessible(page);
    assert.deepEqual(besides(problems, '404'), []);
  });

test('without a connection the page says so, and goes on when there is one again', withChromium, async () => {
  await using watched = await visit('/', ada.userId);
  const { page, context } = watched;
  await page.getByRole('link', { name: /Couch/ }).first().waitFor();
  await context.setOffline(true);
  await page.getByRole('link', { name: /Couch/ }).first().click();
  await page.getByRole('heading', { name: 'Parley cannot be reached' }).waitFor();
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Couch' }).waitFor();
});
