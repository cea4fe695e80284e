import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { longestLine, readLines } from './read-lines.ts';

const linesOf = async (...chunks: (string | Buffer)[]): Promise<string[]> => {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, (line) => lines.push(line));
  for (const chunk of chunks) {
    stream.write(chunk);
    await settle();
  }
  stream.end();
  await settle();
  return lines;
};

const umlaut = Buffer.from('ü');
const long = 'x'.repeat(longestLine);

for (const { name, chunks, lines } of [
  { name: 'whole lines and an empty one', chunks: ['a\n\nb\n'], lines: ['a', '', 'b'] },
  { name: 'a line in pieces', chunks: ['a', 'b', 'c\nd', '\n'], lines: ['abc', 'd'] },
  { name: 'a last line without an end', chunks: ['a\nb'], lines: ['a', 'b'] },
  { name: 'ends of Windows', chunks: ['a\r\nb\r', '\n'], lines: ['a', 'b'] },
  { name: 'a letter in two pieces', chunks: [umlaut.subarray(0, 1), umlaut.subarray(1), '\n'], lines: ['ü'] },
  { name: 'a line that does not end', chunks: [long, long, 'y', '\nb\n'], lines: [long, 'b'] },
  { name: 'a long line in one piece', chunks: [`a\n${long}y\nb\n`], lines: ['a', long, 'b'] },
]) {
  test(`${name} is read as ${lines.length} lines`, async () => {
    assert.deepEqual(await linesOf(...chunks), lines);
  });
}
