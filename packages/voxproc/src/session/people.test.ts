import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RosterEntry } from '@parley/protocol';
import { People } from './people.ts';

const entry = (userId: string, over: Partial<RosterEntry> = {}): RosterEntry => ({
  userId,
  username: userId,
  displayName: userId,
  bot: false,
  muted: false,
  optedOut: false,
  present: true,
  ...over,
});

describe('People', () => {
  it('never records bots, itself, or who opted out by either way', () => {
    const people = new People('self', [entry('bot', { bot: true }), entry('out', { optedOut: true })], ['excluded']);
    const verdicts = ['self', 'bot', 'out', 'excluded', 'stranger'].map((userId) => people.verdictOf(userId));
    assert.deepEqual(verdicts, ['bot', 'bot', 'opted_out', 'opted_out', 'record']);
  });

  it('records who is not known yet to be a bot', () => {
    assert.equal(new People('self', [entry('new', { bot: null })], []).verdictOf('new'), 'record');
  });

  it('tells the moment a roster entry opts a person out, once', () => {
    const people = new People('self', [entry('alice')], []);
    assert.equal(people.set(entry('alice', { optedOut: true })), true);
    assert.equal(people.set(entry('alice', { optedOut: true })), false);
    assert.equal(people.set(entry('bot', { bot: true, optedOut: true })), true);
  });

  it('records again who was included, whichever way they were out', () => {
    const people = new People('self', [entry('alice', { optedOut: true })], ['alice']);
    people.include('alice');
    assert.equal(people.verdictOf('alice'), 'record');
    people.exclude('alice');
    assert.equal(people.verdictOf('alice'), 'opted_out');
  });

  it('counts people who could be heard', () => {
    const people = new People(
      'self',
      [
        entry('self'),
        entry('alice'),
        entry('bob', { muted: true }),
        entry('carol', { present: false }),
        entry('bot', { bot: true }),
        entry('dave', { bot: null }),
      ],
      [],
    );
    assert.equal(people.unmuted, 2);
  });

  it('lets the agent hear those alone who are there, known to be no bot, and not opted out', () => {
    const entries = [
      entry('alice'),
      entry('bot', { bot: true }),
      entry('new', { bot: null }),
      entry('out', { optedOut: true }),
      entry('gone', { present: false }),
      entry('excluded'),
    ];
    const people = new People('self', entries, ['excluded']);
    const heard = [...entries.map(({ userId }) => userId), 'stranger', 'self'].filter((id) => people.mayBeHeard(id));
    assert.deepEqual(heard, ['alice']);
  });
});
