import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayBeNamed, type NamingFacts } from './may-be-named.ts';

const ada = '200000000000000001';
const ben = '200000000000000002';
const usual: NamingFacts = {
  live: null,
  consents: [],
  rules: { consentMode: 'notice', consentRoleIds: [] },
  optedOut: new Set(),
  optedIn: new Set(),
};
const said = (state: string, at: number) => ({ userId: ada, state, at, textVersion: 1 });
const optIn: Partial<NamingFacts> = { rules: { consentMode: 'opt_in', consentRoleIds: [] } };

const cases: [who: string, facts: Partial<NamingFacts>, named: boolean][] = [
  ['who was there', {}, true],
  ['who opted out', { optedOut: new Set([ada]) }, false],
  ['who opted out, while it runs', { optedOut: new Set([ada]), live: { yes: [ada], no: [] } }, false],
  ['whom it does not record', { live: { yes: [ben], no: [ada] } }, false],
  ['whom it records', { ...optIn, live: { yes: [ada], no: [] } }, true],
  ['who said yes while it ran', { ...optIn, consents: [said('opted_out', 1), said('opted_in', 2)] }, true],
  ['who said no while it ran', { consents: [said('opted_out', 2), said('noticed', 1)] }, false],
  ['whose decision could not be read', { consents: [said('unreadable', 1)] }, false],
  ['of whom there is no yes, where one is wanted', optIn, false],
  ['who said yes, where one is wanted', { ...optIn, optedIn: new Set([ada]) }, true],
  ['whose roles are not known', { rules: { consentMode: 'role', consentRoleIds: ['7'] } }, false],
];
for (const [who, facts, named] of cases)
  test(`somebody ${who} and is not heard is ${named ? '' : 'not '}named`, () => {
    assert.equal(mayBeNamed({ ...usual, ...facts }, ada), named);
  });
