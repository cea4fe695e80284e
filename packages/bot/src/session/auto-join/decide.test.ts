import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AutoSettings, type AutoSituation, decideAutoJoin, type Room } from './decide.ts';

const none: AutoSettings = {
  autoJoinChannelId: null,
  autoJoinWhenOccupied: false,
  autoJoinMinMembers: 1,
  autoJoinTriggerUserIds: [],
  autoJoinTriggerRoleIds: [],
  followUserIds: [],
};
const table = { ...none, autoJoinChannelId: 'table', autoJoinWhenOccupied: true };
const trigger = { ...none, autoJoinChannelId: 'table', autoJoinTriggerUserIds: ['dm'], autoJoinTriggerRoleIds: ['gm'] };
const follow = { ...none, followUserIds: ['ada', 'ben'] };

/** "table:ada+ben" is a room; `!` after a name: may call; `/gm`: has the role; a room in parentheses is the AFK channel. */
const room = (text: string): Room => {
  const bare = text.replace(/^\((.*)\)$/, '$1');
  const [channelId = '', names = ''] = bare.split(':');
  const occupants = names
    .split('+')
    .filter((name) => name !== '')
    .map((name) => {
      const [who = '', role] = name.split('/');
      return { userId: who.replace('!', ''), mayCall: who.endsWith('!'), roleIds: role ? [role] : [] };
    });
  return { channelId, isAfk: bare !== text, occupants };
};

const cases: readonly (readonly [string, AutoSettings, string, string, Partial<AutoSituation>?])[] = [
  ['nothing is set', none, 'table:ada!', 'stay'],
  ['the room is empty', table, 'table:', 'stay'],
  ['the room is not known', table, '', 'stay'],
  ['somebody is there', table, 'table:ada!', 'come auto_join table ada'],
  ['somebody else may call', table, 'table:ada+ben!', 'come auto_join table ben'],
  ['nobody may call: the rules will say so', table, 'table:ada+ben', 'come auto_join table ada'],
  ['too few are there', { ...table, autoJoinMinMembers: 3 }, 'table:ada!+ben!', 'stay'],
  ['enough are there', { ...table, autoJoinMinMembers: 2 }, 'table:ada!+ben!', 'come auto_join table ada'],
  ['at least 0 is at least one', { ...table, autoJoinMinMembers: 0 }, 'table:', 'stay'],
  ['it is the AFK channel', table, '(table:ada!)', 'stay'],
  ['it was sent out', table, 'table:ada!', 'stay', { stayAway: new Set(['table']) }],
  ['it was sent out of another room', table, 'table:ada!', 'come auto_join table ada', { stayAway: new Set(['den']) }],
  ['nobody who triggers is there', trigger, 'table:ada!', 'stay'],
  ['who triggers is there', trigger, 'table:ada!+dm!', 'come auto_join table dm'],
  ['a role that triggers is there', trigger, 'table:ada!+ben!/gm', 'come auto_join table ben'],
  ['who triggers is alone below the number', { ...trigger, autoJoinMinMembers: 2 }, 'table:dm!', 'stay'],
  ['a person called it', table, 'table:ada!', 'stay', { session: { channelId: 'den', as: null } }],
  ['its own session runs', table, 'table:ada!', 'stay', { session: { channelId: 'table', as: 'auto_join' } }],
  ['its own session is alone', trigger, 'table:', 'stay', { session: { channelId: 'table', as: 'auto_join' } }],
  ['who triggered is gone', trigger, 'table:ada!', 'go', { session: { channelId: 'table', as: 'auto_join' } }],
  [
    'who triggered is there still',
    trigger,
    'table:ada!+dm',
    'stay',
    { session: { channelId: 'table', as: 'auto_join' } },
  ],
  [
    'a person’s session, who triggered is gone',
    trigger,
    'table:ada!',
    'stay',
    { session: { channelId: 'table', as: null } },
  ],
  ['it was moved elsewhere', trigger, 'table:ada!', 'stay', { session: { channelId: 'den', as: 'auto_join' } }],
  ['the setting was taken back', none, '', 'stay', { session: { channelId: 'table', as: 'auto_join' } }],
  ['who is followed is somewhere', follow, 'den:ada!', 'come follow den ada'],
  ['who is followed may not call, another may', follow, 'den:ada+cleo!', 'come follow den cleo'],
  ['who is followed is away from the keyboard', follow, '(afk:ada!)', 'stay'],
  ['who is followed sits where it was sent out', follow, 'den:ada!', 'stay', { stayAway: new Set(['den']) }],
  [
    'two are followed, one where it may not be',
    follow,
    'den:ada! table:ben!',
    'come follow table ben',
    { stayAway: new Set(['den']) },
  ],
  [
    'following goes before the room',
    { ...table, followUserIds: ['ben'] },
    'table:ada! den:ben!',
    'come follow den ben',
  ],
  [
    'who is followed moves',
    follow,
    'den:ada!',
    'come follow den ada',
    { session: { channelId: 'table', as: 'follow' } },
  ],
  [
    'another who is followed stays',
    follow,
    'den:ada! table:ben!',
    'stay',
    { session: { channelId: 'table', as: 'follow' } },
  ],
  ['who is followed leaves voice', follow, 'table:cleo!', 'go', { session: { channelId: 'table', as: 'follow' } }],
  [
    'who is followed goes away from the keyboard',
    follow,
    '(afk:ada!)',
    'go',
    { session: { channelId: 'table', as: 'follow' } },
  ],
  [
    'who is followed moves during a person’s session',
    follow,
    'den:ada!',
    'stay',
    { session: { channelId: 'table', as: null } },
  ],
];

for (const [what, settings, rooms, expected, rest] of cases) {
  test(`${what}: ${expected}`, () => {
    const decision = decideAutoJoin({
      settings,
      rooms: rooms
        .split(' ')
        .filter((text) => text !== '')
        .map(room),
      session: null,
      stayAway: new Set(),
      ...rest,
    });
    const said =
      decision.kind === 'come' ? `come ${decision.as} ${decision.channelId} ${decision.userId}` : decision.kind;
    assert.equal(said, expected);
  });
}
