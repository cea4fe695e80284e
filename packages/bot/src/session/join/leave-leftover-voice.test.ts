import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { FakeDiscord, guildA, guildB, voiceA, voiceB } from '../../testing/fake-discord.ts';
import { leaveLeftoverVoice } from './leave-leftover-voice.ts';

const logger = pino({ level: 'silent' });

test('a start leaves the channels no session serves, and only those', () => {
  const cases: [shown: [string, string][], live: string[], left: string[]][] = [
    [[], [], []],
    [[[guildA, voiceA]], [], [guildA]],
    [[[guildA, voiceA]], [guildA], []],
    [
      [
        [guildA, voiceA],
        [guildB, voiceB],
      ],
      [guildB],
      [guildA],
    ],
  ];
  for (const [shown, live, left] of cases) {
    const discord = new FakeDiscord();
    for (const [guildId, channelId] of shown) discord.shownIn.set(guildId, channelId);
    leaveLeftoverVoice(discord, (guildId) => live.includes(guildId), [guildA, guildB], logger);
    assert.deepEqual(discord.leftVoice, left);
  }
});
