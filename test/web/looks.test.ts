import assert from 'node:assert/strict';
import { test } from 'node:test';
import { need } from '../lib/need.ts';
import { assertAccessible, overflow, until } from './rig/browser.ts';
import { pathTo, sharedTable, visit } from './rig/shared-table.ts';
import { ada, crowd } from './rig/table.ts';

const withChromium = need('chromium');
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;

for (const [name, path, ready] of [
  ['the library', () => '/', 'Recordings'],
  ['search results', () => '/?q=river', 'Recordings'],
  ['a recording', (table) => pathTo(table.talked), 'Table'],
  ['a recording of six hours with 25 people', (table) => pathTo(table.crowded), 'The Very Long Name'],
  ['a recording whose mix failed', (table) => pathTo(table.failed), 'The mix could not be made'],
  ['a recording in which nobody spoke', (table) => pathTo(table.empty), 'Nobody spoke'],
] as [string, (table: Awaited<ReturnType<typeof sharedTable>>) => string, string][])
  test(`${name} is accessible in both themes, fits a phone, and the console is quiet`, withChromium, async () => {
    const table = await sharedTable();
    await using watched = await visit(path(table), ada.userId, phone);
    const { page, problems } = watched;
    await page.getByRole('heading', { name: ready }).first().waitFor();
    await until(
      'everything loaded',
      () => page.getByText('Loading…').count(),
      (count) => count === 0,
    );
    assert.equal(await overflow(page), 0, 'CSS pixels too wide on a phone');
    await page.setViewportSize({ width: 1280, height: 800 });
    assert.equal(await overflow(page), 0, 'CSS pixels too wide on a screen');
    await assertAccessible(page);
    assert.deepEqual(problems, []);
  });

test(
  '25 lanes each have their waveform and the name of their person, and the axis stays over them',
  withChromium,
  async () => {
    const { crowded } = await sharedTable();
    await using watched = await visit(pathTo(crowded), ada.userId);
    const { page, problems } = watched;
    const lanes = "[...document.querySelectorAll('.lane canvas')]";
    await until(
      'waveforms',
      () => page.evaluate<number>(`${lanes}.filter(({ width }) => width > 300).length`),
      (count) => count === crowd.length,
    );
    const drawn = `${lanes}.filter((canvas) =>
      canvas.getContext('2d').getImageData(0, 0, canvas.width, 20).data.some((value) => value > 0)).length`;
    assert.equal(await page.evaluate<number>(drawn), crowd.length, 'none is empty');
    assert.deepEqual(
      await page.locator('.lane-person').allTextContents(),
      crowd.map(({ displayName }) => displayName),
    );
    await page.locator('.lane').nth(22).scrollIntoViewIfNeeded();
    const axis = await page.getByRole('slider', { name: 'Position in the recording' }).boundingBox();
    assert.ok(axis !== null && axis.y >= 0 && axis.y < 60, `the axis is at ${axis?.y}`);
    for (const key of ['+', '+', '-', 'End']) await page.keyboard.press(key);
    assert.deepEqual(problems, []);
  },
);

test(
  'the keyboard alone reaches everything: a way past the head, the position, the list of keys and back',
  withChromium,
  async () => {
    const { talked } = await sharedTable();
    await using watched = await visit(pathTo(talked), ada.userId);
    const { page, problems } = watched;
    const slider = page.getByRole('slider', { name: 'Position in the recording' });
    await slider.waitFor();
    const focused = () =>
      page.evaluate<string>('document.activeElement.textContent + document.activeElement.ariaLabel');
    await page.keyboard.press('Tab');
    assert.match(await focused(), /Skip to the content/);
    const seen = new Set<string>();
    for (let tabs = 0; tabs < 60 && !(await focused()).includes('Keys'); tabs += 1) {
      seen.add(await focused());
      await page.keyboard.press('Tab');
    }
    for (const name of [/Position in the recording/, /Mute Cleo/, /Hear Ada alone/, /Play from/, /Mix/, /Erase me/]) {
      assert.ok(
        [...seen].some((one) => name.test(one)),
        `${name} in ${[...seen].join(' | ')}`,
      );
    }
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await until(
      '5 s on',
      () => slider.getAttribute('aria-valuetext'),
      (text) => text === '5 seconds',
    );
    await page.keyboard.press('?');
    const list = page.getByRole('dialog');
    await list.waitFor();
    await assertAccessible(page);
    await page.keyboard.press('Escape');
    await until(
      'closed',
      () => list.count(),
      (count) => count === 0,
    );
    await until('focus is back', focused, (name) => name.includes('Position in the recording'));
    assert.deepEqual(problems, []);
  },
);

test('the theme of the system counts until one is chosen, and a choice stays', withChromium, async () => {
  await using watched = await visit('/', ada.userId, { colorScheme: 'light' });
  const { page } = watched;
  const ground = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
  const toggle = page.getByRole('button', { name: 'Dark theme' });
  await toggle.waitFor();
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await ground();
  assert.notEqual(light, dark);
  await page.emulateMedia({ colorScheme: 'light' });
  await toggle.click();
  assert.equal(await ground(), dark);
  await page.reload();
  await toggle.waitFor();
  assert.equal(await ground(), dark);
});
