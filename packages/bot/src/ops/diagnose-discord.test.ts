import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { PermissionFlagsBits } from 'discord.js';
import type { DiscordFacts } from './ask-discord.ts';
import { checkPort } from './check-port.ts';
import { diagnoseDiscord } from './diagnose-discord.ts';
import type { DoctorCode } from './finding.ts';

const { ViewChannel, Connect, Speak, SendMessages, AttachFiles, ChangeNickname, Administrator } = PermissionFlagsBits;
const all = ViewChannel | Connect | Speak | SendMessages | AttachFiles | ChangeNickname;
const voiceStatus = 1n << 48n;

type Known = Extract<DiscordFacts, { kind: 'known' }>;
const known = (change: Partial<Known> = {}): Known => ({
  kind: 'known',
  botName: 'Parley',
  messageContent: true,
  servers: [{ id: '1', name: 'Home', permissions: all }],
  clockOffsetMs: 900,
  ...change,
});
const within = (...permissions: bigint[]): Known =>
  known({ servers: permissions.map((bits, index) => ({ id: String(index), name: `S${index}`, permissions: bits })) });

const cases: readonly (readonly [string, DiscordFacts, readonly DoctorCode[], RegExp])[] = [
  ['nothing is wrong', known(), [], /^$/],
  ['Discord cannot be reached', { kind: 'unreachable', detail: 'ENOTFOUND' }, ['discord_unreachable'], /ENOTFOUND/],
  ['the token is refused', { kind: 'token_refused' }, ['token_refused'], /Reset it/],
  ['the intent is off', known({ messageContent: false }), ['message_content_off'], /Developer Portal/],
  ['no server', known({ servers: [] }), ['no_server'], /setting-up-a-bot/],
  ['the clock is behind', known({ clockOffsetMs: -90_000 }), ['clock_off'], /90 s behind/],
  ['the clock is ahead', known({ clockOffsetMs: 30_001 }), ['clock_off'], /30 s ahead/],
  ['the clock is nearly right', known({ clockOffsetMs: -30_000 }), [], /^$/],
  ['nobody says what time it is', known({ clockOffsetMs: null }), [], /^$/],
  ['an administrator', within(Administrator), [], /^$/],
  ['no permissions', within(0n), ['permissions_missing'], /View Channel.*Connect.*Change Nickname or.*Speak/],
  ['the status instead of the nickname', within((all & ~ChangeNickname) | voiceStatus), [], /^$/],
  ['no way to show it', within(all & ~ChangeNickname), ['permissions_missing'], /cannot show that it records/],
  ['a server that is away', known({ servers: [{ id: '1', name: 'Home', permissions: null }] }), [], /^$/],
  ['two servers, one of them poor', within(all, all & ~Speak), ['permissions_missing'], /“S1”.*Speak/],
];
for (const [what, facts, codes, words] of cases)
  test(`doctor, of Discord: ${what}`, () => {
    const findings = diagnoseDiscord(facts);
    assert.deepEqual(
      findings.map(({ code }) => code),
      codes,
    );
    assert.match(findings.map(({ sentence }) => sentence).join('\n'), words);
  });

test('a port in use is named, a free one and any one are not', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  assert.equal((await checkPort('127.0.0.1', port))?.code, 'port_in_use');
  await new Promise((resolve) => other.close(resolve));
  assert.equal(await checkPort('127.0.0.1', port), null);
  assert.equal(await checkPort('127.0.0.1', 0), null);
  assert.equal((await checkPort('192.0.2.1', 0))?.code, 'address_unavailable');
});
