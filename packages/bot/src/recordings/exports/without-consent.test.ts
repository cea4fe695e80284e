import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { openTestStore, tempFolder } from '../../store/testing/temp-store.ts';
import { alice, bob, guildA, guildB } from '../../testing/fake-discord.ts';
import { withoutConsentWith } from './without-consent.ts';

const cleo = '400000000000000003';
const stranger = '400000000000000004';

test('of the people in a recording those count who opted out here or everywhere, or are kept out by the session', async () => {
  await using folder = await tempFolder();
  await using store = await openTestStore(folder.path);
  const { segments } = recordingLayout(folder.path);
  for (const userId of [alice, bob, cleo]) await mkdir(join(segments, userId), { recursive: true });
  await writeFile(join(segments, 'notes.txt'), '');
  const decide = (userId: string, guildId: string | null, at: number, state: 'opted_out' | 'opted_in' = 'opted_out') =>
    store.consents.set({ userId, guildId, kind: 'recorded', state, at, textVersion: 1 });
  await decide(alice, guildA, 1);
  await decide(stranger, guildA, 1);
  await decide(bob, guildB, 1);
  let kept: string[] = [];
  const sessionOf = () => ({ people: { recorded: { yes: [], no: kept } } });
  const look = withoutConsentWith({ store, sessionOf });
  const found = async (): Promise<string[]> => [...(await look(guildA, folder.path))].toSorted();
  assert.deepEqual(await found(), [alice]);
  await decide(bob, null, 2);
  kept = [cleo, stranger];
  assert.deepEqual(await found(), [alice, bob, cleo]);
  kept = [];
  await decide(alice, guildA, 3, 'opted_in');
  assert.deepEqual(await found(), [bob]);
  const elsewhere = withoutConsentWith({ store, sessionOf: () => null });
  assert.deepEqual([...(await elsewhere(guildA, folder.path))], [bob]);
});

test('decisions that cannot be read are no consent', async () => {
  await using folder = await tempFolder();
  await mkdir(recordingLayout(folder.path).segments, { recursive: true });
  const broken = { optedOut: () => Promise.reject(new Error('locked')) };
  const look = withoutConsentWith({ store: { consents: broken }, sessionOf: () => null });
  await assert.rejects(look(guildA, folder.path), /locked/);
});
