import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, DiscordAPIError } from 'discord.js';
import { maxContentLength, textOf } from '../notify/compose.ts';
import type { UserMessage } from '../notify/index.ts';
import { deleteMessage, toDiscordMessage } from './messages.ts';

/** A client whose REST answers a deletion with one of Discord's JSON error codes. */
const answering = (code: number, status: number): Client<true> => {
  const message = `code ${code}`;
  const answer = new DiscordAPIError({ code, message }, code, status, 'DELETE', '/channels/1/messages/2', {});
  return { rest: { delete: () => Promise.reject(answer) } } as unknown as Client<true>;
};

const answers: readonly (readonly [what: string, code: number, status: number, thrown: RegExp | null])[] = [
  ['whose channel is gone counts as deleted', 10_003, 404, null],
  ['that is gone counts as deleted', 10_008, 404, null],
  ['in a channel the bot has no access to is not reached', 50_001, 403, /no access to their channel/],
  ['that Discord refuses to delete is not deleted', 50_013, 403, /code 50013/],
];
for (const [what, code, status, thrown] of answers) {
  test(`a message ${what}`, async () => {
    const deleting = deleteMessage(answering(code, status), '1', '2');
    await (thrown === null ? deleting : assert.rejects(deleting, thrown));
  });
}

test('a text that is longer than Discord takes comes as a file too, whole; a shorter one does not', () => {
  const help = (count: number): UserMessage => {
    const commands = Array.from({ length: count }, (_, n) => ({ name: `c${n}`, usage: '', says: 'é'.repeat(40) }));
    return { kind: 'help', details: { prefix: '!', commands } };
  };
  assert.equal(toDiscordMessage(help(3)).files, undefined);
  const { content, files = [] } = toDiscordMessage(help(100), [{ name: 'other.txt', text: 'x' }]);
  assert.equal(content.length, maxContentLength);
  assert.deepEqual(
    files.map(({ name }) => name),
    ['other.txt', 'help.txt'],
  );
  const { attachment } = files[1] ?? {};
  assert.ok(Buffer.isBuffer(attachment));
  assert.equal(attachment.toString('utf8'), textOf(help(100)));
});
