import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, DiscordAPIError } from 'discord.js';
import { deleteMessage } from './messages.ts';

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
