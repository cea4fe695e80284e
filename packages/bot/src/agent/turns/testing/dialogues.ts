import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dialogue, type DialogueRoom } from './dialogue.ts';

/** What people say, and what the bot does: who is answered and why, or why not; when it falls silent. */
export type DialogueCase = readonly [
  title: string,
  room: DialogueRoom,
  lines: readonly string[],
  does: readonly string[],
];

export const alone: DialogueRoom = { people: 'ada' };
export const group: DialogueRoom = { people: 'ada ben cleo' };
/** A reply long enough to be spoken over. */
export const long = { replyMs: 6000 };
/** The bot answers somebody and is heard. */
export const answer = (who: string, why: string): readonly string[] => [`answers ${who} (${why})`, 'speaks'];

/** A test for each written dialogue. */
export const playDialogues = (cases: readonly DialogueCase[]): void => {
  for (const [title, room, lines, does] of cases) {
    test(`dialogue: ${title}`, () => {
      assert.deepEqual(new Dialogue(room).play(lines), does);
    });
  }
};
