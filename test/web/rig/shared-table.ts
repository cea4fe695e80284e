import { after } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { openPage, type WatchedPage } from './browser.ts';
import { setTable, type Table } from './table.ts';

let table: Promise<Table> | null = null;

after(async () => {
  if (table) await (await table)[Symbol.asyncDispose]();
});

/** The site and the browser of all tests of a process, set up at the first call. */
export const sharedTable = (): Promise<Table> => {
  table ??= setTable();
  return table;
};

/** Opens one of its pages as somebody; null: not signed in. */
export const visit = async (
  path: string,
  userId: string | null,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> => {
  const { browser, site } = await sharedTable();
  const watched = await openPage(browser, site, userId, options);
  await watched.page.goto(`${site.url}${path}`);
  return watched;
};

/** The path of a recording's page. */
export const pathTo = ({ file }: { readonly file: { readonly recordingSessionId: string } }): string =>
  `/s/${file.recordingSessionId}`;
