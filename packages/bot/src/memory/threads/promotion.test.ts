import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ada, ben } from '../testing/sample-turn.ts';
import { type Candidate, promoted, wantsForgetting } from './promotion.ts';

const turn = (id: number, userText = 'I play chess', speakers: readonly string[] = [ada]) => ({
  id,
  userText,
  speakers,
});
const chess: Candidate = { ownerId: ada, kind: 'fact', text: 'plays chess', turnIds: [1] };
const twice = { ...chess, turnIds: [1, 2] };

type Row = readonly [
  name: string,
  turns: readonly ReturnType<typeof turn>[],
  candidates: readonly Candidate[],
  prior: number,
  kept: number,
];
const rows: readonly Row[] = [
  ['two turns', [turn(1), turn(2)], [twice], 0, 1],
  ['one turn of somebody new', [turn(1)], [chess], 0, 0],
  ['one turn of somebody who was here before', [turn(1)], [chess], 1, 1],
  ['one turn of two, of somebody new', [turn(1), turn(2)], [chess], 0, 0],
  ['two turns and one who was here before', [turn(1), turn(2)], [twice], 3, 1],
  ['a turn twice is one', [turn(1)], [{ ...chess, turnIds: [1, 1] }], 0, 0],
  [
    'turns of somebody else bear nothing out',
    [turn(1, 'Ada plays chess', [ben]), turn(2, 'she does', [ben])],
    [twice],
    0,
    0,
  ],
  ['nor do they where its owner was here before', [turn(1, 'Ada plays chess', [ben])], [chess], 1, 0],
  ['turns that are gone', [turn(3)], [twice], 1, 0],
  ['no turn at all', [turn(1)], [{ ...chess, turnIds: [] }], 5, 0],
  [
    'for now',
    [turn(1, 'call me Ace for now'), turn(2)],
    [{ ...chess, text: 'wants to be Ace for now', turnIds: [1, 2] }],
    1,
    0,
  ],
  ['a turn that is for today only does not count', [turn(1, 'just today I play chess'), turn(2)], [twice], 0, 0],
  [
    'one of three for today only',
    [turn(1, 'just today I play chess'), turn(2), turn(3)],
    [{ ...chess, turnIds: [1, 2, 3] }],
    0,
    1,
  ],
  ['don’t remember that', [turn(1), turn(2), turn(3, 'don’t remember that')], [twice], 3, 0],
  ['it drops what others said too', [turn(1), turn(2), turn(3, 'forget this', [ben])], [twice], 3, 0],
  [
    'however early it was said',
    [turn(1, 'private mode please'), turn(2), turn(3)],
    [{ ...chess, turnIds: [2, 3] }],
    3,
    0,
  ],
  ['the same twice is remembered once', [turn(1), turn(2)], [twice, { ...twice, text: 'Plays chess ' }], 0, 1],
  ['no words', [turn(1), turn(2)], [{ ...twice, text: ' ' }], 1, 0],
];
for (const [name, turns, candidates, prior, kept] of rows) {
  test(`what is promoted: ${name}: ${kept}`, () => {
    assert.equal(promoted({ turns, candidates, priorSessions: new Map([[ada, prior]]) }).length, kept);
  });
}

const words: readonly (readonly [string, boolean])[] = [
  ["don't remember that", true],
  ['Do not save this, please', true],
  ['please don’t store it', true],
  ['FORGET THIS', true],
  ['forget everything', true],
  ['forget what I just said', true],
  ['switch to private mode', true],
  ['go into incognito mode', true],
  ['that is off the record', true],
  ['I remember that day', false],
  ['don’t forget the milk', false],
  ['I forgot this morning', false],
  ['a private conversation', false],
  ['keep going', false],
];
for (const [userText, drops] of words) {
  test(`“${userText}” ${drops ? 'drops' : 'keeps'} what is held`, () => {
    assert.equal(wantsForgetting([{ userText: 'hello' }, { userText }]), drops);
  });
}
