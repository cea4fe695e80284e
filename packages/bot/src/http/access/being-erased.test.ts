import assert from 'node:assert/strict';
import { test } from 'node:test';
import { covers } from './being-erased.ts';

const row = { recordingSessionId: 'r', guildId: 'g', sessionId: 's', startTime: 100 };
const everything = { guildId: null, sessionId: null, recordingSessionId: null, askedAt: 100 };
const wishes: [what: string, wish: Partial<typeof everything> | Record<string, string | number>, is: boolean][] = [
  ['everything', {}, true],
  ['what had begun before', { askedAt: 99 }, false],
  ['its server', { guildId: 'g' }, true],
  ['another server', { guildId: 'h' }, false],
  ['its session', { guildId: 'g', sessionId: 's' }, true],
  ['another session', { guildId: 'g', sessionId: 't' }, false],
  ['it', { guildId: 'g', recordingSessionId: 'r' }, true],
  ['another recording of its session', { guildId: 'g', recordingSessionId: 'q' }, false],
];
for (const [what, wish, is] of wishes)
  test(`an erasure of ${what} is ${is ? '' : 'not '}about a recording`, () => {
    assert.equal(covers({ ...everything, ...wish }, row), is);
  });
