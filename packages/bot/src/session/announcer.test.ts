import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { guildA, SessionRig, textA, voiceA } from '../testing/index.ts';
import { Announcer } from './announcer.ts';
import { ModeratorWatch } from './moderator-watch.ts';

const open = async () => {
  const rig = await SessionRig.start({ settings: { verbosity: 'all' } });
  const announcer = new Announcer({
    ...{ services: rig.services, guildId: guildA, textChannelId: textA },
    verbosity: () => 'all',
  });
  return { rig, announcer, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
};

const leaving = { kind: 'leaving', details: { channelId: voiceA } } as const;

test('where the text channel takes no messages, the voice channel’s chat does, from then on', async () => {
  await using the = await open();
  const { rig, announcer } = the;
  rig.discord.failPost = () => {
    rig.discord.failPost = null;
    return new Error('Missing Access');
  };
  await announcer.postHereOr(voiceA, leaving);
  await announcer.post(leaving);
  assert.deepEqual(
    rig.discord.posted.map(({ channelId }) => channelId),
    [voiceA, voiceA],
  );
});

test('where neither takes any, it is what the text channel answered, and it goes on being spoken in', async () => {
  await using the = await open();
  const { rig, announcer } = the;
  let tries = 0;
  rig.discord.failPost = () => {
    tries += 1;
    return new Error(`refusal ${tries}`);
  };
  await assert.rejects(announcer.postHereOr(voiceA, leaving), /refusal 1/);
  assert.deepEqual([tries, announcer.textChannelId], [2, textA]);
});

test('that a moderator mutes it is said once for each time', async () => {
  await using the = await open();
  const moderators = new ModeratorWatch(the.rig.clock, the.announcer, () => undefined);
  for (const mute of [true, true, false, false, true]) moderators.update({ deaf: false, mute });
  await settle();
  await the.rig.drive(the.rig.background.settled());
  assert.equal(the.rig.discord.said('server_muted').length, 2);
});
