import { PermissionFlagsBits } from 'discord.js';
import type { DiscordFacts, ServerFacts } from './ask-discord.ts';
import { errorsFirst, type Finding, problem, warning } from './finding.ts';

/** A clock further off than this is said, milliseconds: recordings are named and links expire by it. */
const clockToleranceMs = 30_000;

/** What Parley needs, by what it does without (docs/setting-up-a-bot.md, "Permissions"). Every list needs one of its bits. */
const needed: readonly { readonly anyOf: readonly bigint[]; readonly name: string; readonly without: string }[] = [
  { anyOf: [PermissionFlagsBits.ViewChannel], name: 'View Channel', without: 'it cannot come in' },
  { anyOf: [PermissionFlagsBits.Connect], name: 'Connect', without: 'it cannot come in' },
  {
    anyOf: [PermissionFlagsBits.ChangeNickname, 1n << 48n],
    name: 'Change Nickname or Set Voice Channel Status',
    without: 'it cannot show that it records, and so does not',
  },
  {
    anyOf: [PermissionFlagsBits.SendMessages],
    name: 'Send Messages',
    without: 'it cannot post the notice, and so does not record',
  },
  {
    anyOf: [PermissionFlagsBits.AttachFiles],
    name: 'Attach Files',
    without: 'the mix is handed over by link or path only',
  },
  {
    anyOf: [PermissionFlagsBits.Speak],
    name: 'Speak',
    without: 'nobody hears that a recording begins; it is said in writing',
  },
];

const missingIn = ({ permissions }: ServerFacts) =>
  permissions === null || (permissions & PermissionFlagsBits.Administrator) !== 0n
    ? []
    : needed.filter(({ anyOf }) => anyOf.every((bit) => (permissions & bit) === 0n));

/** What is wrong between this installation and Discord, in plain sentences; errors first. Pure. */
export const diagnoseDiscord = (facts: DiscordFacts): Finding[] => {
  switch (facts.kind) {
    case 'unreachable':
      return [
        problem(
          'discord_unreachable',
          `Discord could not be asked (${facts.detail}). Check the network of this machine, its firewall and its proxy.`,
        ),
      ];
    case 'token_refused':
      return [
        problem(
          'token_refused',
          'Discord does not accept the token. Reset it on the Bot page of the Developer Portal and put the new one into DISCORD_TOKEN.',
        ),
      ];
    case 'known':
      return errorsFirst([
        ...clock(facts.clockOffsetMs),
        ...intents(facts.messageContent),
        ...diagnoseServers(facts.servers),
      ]);
  }
};

const clock = (offsetMs: number | null): Finding[] =>
  offsetMs === null || Math.abs(offsetMs) <= clockToleranceMs
    ? []
    : [
        warning(
          'clock_off',
          `The clock of this machine is ${Math.round(Math.abs(offsetMs) / 1000)} s ${offsetMs > 0 ? 'ahead' : 'behind'}. Switch on time synchronization (timedatectl set-ntp true).`,
        ),
      ];

const intents = (messageContent: boolean): Finding[] =>
  messageContent
    ? []
    : [
        warning(
          'message_content_off',
          'The Message Content intent is off: text commands work by mention only, slash commands as ever. To use a prefix, switch it on in the Developer Portal (Bot, Privileged Gateway Intents).',
        ),
      ];

/** What is wrong with the servers the bot is in: none, or permissions its roles lack there. Pure. */
export const diagnoseServers = (all: readonly ServerFacts[]): Finding[] => {
  if (all.length === 0)
    return [
      warning('no_server', 'The bot is in no server yet. docs/setting-up-a-bot.md has the link that invites it.'),
    ];
  return all.flatMap((server) => {
    const missing = missingIn(server);
    if (missing.length === 0) return [];
    const list = missing.map(({ name, without }) => `${name} (${without})`).join('; ');
    return [
      warning(
        'permissions_missing',
        `In “${server.name}” the bot’s roles lack: ${list}. Give them to its role, or where it is to be used to the channel.`,
      ),
    ];
  });
};
