import assert from 'node:assert/strict';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { tempFolder } from '../../../store/testing/temp-store.ts';
import { AddressSearch } from './address-search.ts';
import { chooseHits, mostShown } from './choose-hits.ts';
import { FolderSearch } from './folder-search.ts';
import { MusicSearchError } from './music-search.ts';
import { scoreTitle } from './score-title.ts';
import { Searches } from './searches.ts';

const signal = new AbortController().signal;

for (const [asked, title, fits] of [
  ['never gonna give you up', 'Rick Astley – Never Gonna Give You Up', true],
  ['Beyoncé halo', 'beyonce - halo', true],
  ['some music by the beatles', 'The Beatles – Help', true],
  ['yelow submarine', 'Yellow Submarine', true],
  ['halo', 'Never Gonna Give You Up', false],
  ['', 'Halo', false],
  ['!!!', 'Halo', false],
  ['halo', '', false],
] as const)
  test(`"${asked}" ${fits ? 'finds' : 'does not find'} "${title}"`, () => {
    assert.equal(scoreTitle(asked, title) >= 0.5, fits);
  });

test('word for word is the best there is, and more words in the title are less', () => {
  assert.equal(scoreTitle('yellow submarine', 'Yellow Submarine'), 1);
  assert.ok(scoreTitle('yellow submarine', 'Yellow Submarine live') < 1);
});

const hit = (title: string, score: number) => ({ title, score, source: { kind: 'file', path: `/${title}` } as const });
for (const [what, hits, kind, titles] of [
  ['nothing that fits', [hit('a', 0.4)], 'nothing', []],
  ['one that fits', [hit('a', 0.6), hit('b', 0.2)], 'one', ['a']],
  ['one that fits far better', [hit('b', 0.6), hit('a', 1)], 'one', ['a']],
  ['two that fit as well', [hit('b', 0.9), hit('a', 0.9), hit('c', 0.5)], 'several', ['a', 'b']],
  ['many', 'abcdefgh'.split('').map((title) => hit(title, 1)), 'several', 'abcdefgh'.split('').slice(0, mostShown)],
] as const)
  test(`of ${what} ${kind} is meant`, () => {
    const chosen = chooseHits(hits);
    assert.equal(chosen.kind, kind);
    const found = chosen.kind === 'one' ? [chosen.hit] : chosen.kind === 'several' ? chosen.hits : [];
    assert.deepEqual(
      found.map(({ title }) => title),
      titles,
    );
  });

const folderWith = async (root: string) => {
  const folder = join(root, 'music');
  await mkdir(join(folder, 'Beatles'), { recursive: true });
  for (const file of ['Beatles/01_Help.mp3', 'Halo.ogg', 'notes.txt', '.hidden.mp3'])
    await writeFile(join(folder, file), '');
  await mkdir(join(root, 'outside'));
  await writeFile(join(root, 'outside', 'Secret.mp3'), '');
  await symlink(join(root, 'outside'), join(folder, 'linked'));
  await symlink(join(root, 'outside', 'Secret.mp3'), join(folder, 'Secret.mp3'));
  const clock = new FakeClock();
  const search = new FolderSearch({ folder, clock, onTooMany: () => undefined });
  const titles = async (asked: string) => (await search.find(asked, signal)).map(({ title }) => title);
  return { root, folder, clock, search, titles };
};

test('a folder is searched by the names of its audio files and of the folders in it', async () => {
  await using temp = await tempFolder();
  const { folder, search, titles } = await folderWith(temp.path);
  assert.deepEqual(await titles('help'), ['Beatles – 01 Help']);
  assert.deepEqual(await titles('beatles'), ['Beatles – 01 Help']);
  assert.deepEqual((await search.find('halo', signal))[0]?.source, { kind: 'file', path: join(folder, 'Halo.ogg') });
  assert.deepEqual(await titles('notes'), []);
  assert.deepEqual(await titles('hidden'), []);
});

test('no link leads out of the folder, not even one that takes the place of what was seen', async () => {
  await using temp = await tempFolder();
  const { root, folder, titles } = await folderWith(temp.path);
  assert.deepEqual(await titles('secret'), []);
  assert.deepEqual(await titles('help'), ['Beatles – 01 Help']);
  await rename(join(root, 'outside', 'Secret.mp3'), join(root, 'outside', '01_Help.mp3'));
  await rename(join(folder, 'Beatles'), join(root, 'gone'));
  await symlink(join(root, 'outside'), join(folder, 'Beatles'));
  assert.deepEqual(await titles('help'), []);
});

test('paths are names here and nothing else', async () => {
  await using temp = await tempFolder();
  const { titles } = await folderWith(temp.path);
  for (const asked of ['../outside/Secret', '/etc/passwd', '..', 'linked/Secret.mp3'])
    assert.deepEqual(await titles(asked), []);
});

test('what is new in the folder is found a minute later, what is gone at once not', async () => {
  await using temp = await tempFolder();
  const { folder, clock, titles } = await folderWith(temp.path);
  assert.deepEqual(await titles('halo'), ['Halo']);
  await rename(join(folder, 'Halo.ogg'), join(folder, 'Glory.ogg'));
  assert.deepEqual(await titles('halo'), []);
  clock.advance(60_001);
  assert.deepEqual(await titles('glory'), ['Glory']);
});

test('a folder that cannot be read is said to be so, and looked at again', async () => {
  await using temp = await tempFolder();
  const { root, folder, titles } = await folderWith(temp.path);
  await rename(folder, join(root, 'away'));
  await assert.rejects(titles('halo'), { code: 'folder_unreadable' });
  await rename(join(root, 'away'), folder);
  assert.deepEqual(await titles('halo'), ['Halo']);
});

test('an address is its own hit, without what may be secret in its title', async () => {
  const search = new Searches(new AddressSearch(false), null);
  const url = 'https://media.example.org/a/My%20song.ogg?token=hidden';
  assert.deepEqual(await search.find(` ${url} `, signal), [
    { title: 'My song.ogg (media.example.org)', score: 1, source: { kind: 'url', url, allowPrivate: false } },
  ]);
  assert.equal((await search.find('https://radio.example.org', signal))[0]?.title, 'radio.example.org');
});

for (const asked of [
  'file:///etc/passwd',
  'ftp://x.example/a',
  'https://me:pw@x.example/',
  'https://me@x.example/',
  'https://:pw@x.example/',
  'http://',
  'data://x',
  `https://x.example/${'y'.repeat(2000)}`,
])
  test(`${asked.slice(0, 30)} is not played`, async () => {
    await assert.rejects(
      new Searches(new AddressSearch(true), null).find(asked, signal),
      (error) => error instanceof MusicSearchError && error.code === 'address_invalid',
    );
  });

test('without a folder a name finds nothing, and that is said', async () => {
  await assert.rejects(new Searches(new AddressSearch(false), null).find('halo', signal), { code: 'no_folder' });
});
