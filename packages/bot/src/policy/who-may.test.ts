import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guildSettingsSchema } from '../config/guild-settings.ts';
import { type ConsentVerdict, mayBeRecorded } from './recording-consent.ts';
import { mayControl, mayExport, mayJoin, mayRecord, type Person } from './who-may.ts';

const session = { requestedByUserId: 'requester', channelId: 'here' };
const stranger: Person = { id: 'stranger', roleIds: [], canManageGuild: false, voiceChannelId: null };
const people = {
  requester: { ...stranger, id: 'requester' },
  present: { ...stranger, voiceChannelId: 'here' },
  elsewhere: { ...stranger, voiceChannelId: 'there' },
  manager: { ...stranger, canManageGuild: true },
  stranger,
} as const satisfies Record<string, Person>;

const rights: readonly (readonly [keyof typeof people, { control: boolean; export: boolean }])[] = [
  ['requester', { control: true, export: true }],
  ['present', { control: true, export: false }],
  ['elsewhere', { control: false, export: false }],
  ['manager', { control: true, export: true }],
  ['stranger', { control: false, export: false }],
];
for (const [who, expected] of rights)
  test(`what the ${who} may do to a session`, () => {
    const person = people[who];
    const { requestedByUserId } = session;
    assert.deepEqual(
      { control: mayControl(person, session), export: mayExport(person, { requestedByUserId, recorded: false }) },
      expected,
    );
    assert.ok(mayExport(person, { requestedByUserId: 'somebody else', recorded: true }), 'their own voice');
  });

test('joining is open by default, recording needs Manage Server or a role', () => {
  const guild = guildSettingsSchema.parse({ recordRoleIds: ['500000000000000001'] });
  const recorder = { ...stranger, roleIds: ['500000000000000001'] };
  assert.deepEqual([mayJoin(stranger, guild), mayRecord(stranger, guild)], [true, false]);
  assert.deepEqual([mayRecord(recorder, guild), mayRecord(people.manager, guild)], [true, true]);
  assert.equal(mayRecord(stranger, { ...guild, whoMayRecord: 'everyone' }), true);
  const byRole = { ...guild, whoMayJoin: 'role' as const, joinRoleIds: ['500000000000000002'] };
  assert.deepEqual(
    [mayJoin(stranger, byRole), mayJoin(recorder, byRole), mayJoin(people.manager, byRole)],
    [false, false, true],
  );
  assert.equal(mayJoin({ ...stranger, roleIds: ['500000000000000002'] }, byRole), true);
});

const known = { kind: 'known', optedOut: new Set(['no']), optedIn: new Set(['yes']) } as const;
const consents: readonly (readonly [
  string,
  'notice' | 'opt_in' | 'role',
  string,
  readonly string[],
  ConsentVerdict,
])[] = [
  ['told', 'notice', 'any', [], { record: true, why: 'noticed' }],
  ['who said no', 'notice', 'no', [], { record: false, why: 'opted_out' }],
  ['who said nothing', 'opt_in', 'any', [], { record: false, why: 'not_opted_in' }],
  ['who said yes', 'opt_in', 'yes', [], { record: true, why: 'opted_in' }],
  ['without the role', 'role', 'yes', ['other'], { record: false, why: 'no_consent_role' }],
  ['with the role', 'role', 'any', ['consent'], { record: true, why: 'consent_role' }],
  ['with the role who said no', 'role', 'no', ['consent'], { record: false, why: 'opted_out' }],
];
for (const [who, consentMode, id, roleIds, verdict] of consents)
  test(`consent by ${consentMode}: a person ${who}`, () => {
    const guild = { consentMode, consentRoleIds: ['consent'] };
    assert.deepEqual(mayBeRecorded({ id, roleIds }, guild, known), verdict);
    assert.deepEqual(mayBeRecorded({ id, roleIds }, guild, { kind: 'unreadable' }), {
      record: false,
      why: 'unreadable',
    });
  });
