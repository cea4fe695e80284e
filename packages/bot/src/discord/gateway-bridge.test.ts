import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { type Client, Status } from 'discord.js';
import { pino } from 'pino';
import type { GatewayPayload } from '../session/discord-port.ts';
import { GatewayBridge } from './gateway-bridge.ts';
import { op4Limits } from './op4-budget.ts';

const guildId = '100000000000000001';

const wish = (channelId: string | null): GatewayPayload => ({
  op: 4,
  d: { guild_id: guildId, channel_id: channelId, self_mute: false, self_deaf: false },
});

/** A bridge over one guild whose shard has no room left for a minute. */
const rig = () => {
  const clock = new FakeClock();
  const sent: GatewayPayload[] = [];
  const shard = { status: Status.Ready, send: (payload: GatewayPayload) => void sent.push(payload) };
  const guild = { shardId: 0, shard, voiceAdapterCreator: () => ({ destroy: () => undefined }) };
  const client = Object.assign(new EventEmitter(), { guilds: { cache: new Map([[guildId, guild]]) } });
  const bridge = new GatewayBridge(client as unknown as Client<true>, clock, pino({ level: 'silent' }));
  const link = bridge.link(guildId, {
    voiceState: () => undefined,
    voiceServer: () => undefined,
    available: () => undefined,
  });
  for (let index = 0; index < op4Limits.perWindow; index += 1) link.send(wish('1'));
  sent.length = 0;
  return { clock, sent, bridge, link };
};

test('a wish to join that waits goes with the link of its session', () => {
  const { clock, sent, bridge, link } = rig();
  using _ = bridge;
  link.send(wish('2'));
  link[Symbol.dispose]();
  clock.advance(op4Limits.windowMs);
  assert.deepEqual(sent, []);
});

test('a wish to leave that waits is sent although its link is gone', () => {
  const { clock, sent, bridge, link } = rig();
  using _ = bridge;
  link.send(wish('2'));
  link.send(wish(null));
  link[Symbol.dispose]();
  clock.advance(op4Limits.windowMs);
  assert.deepEqual(sent, [wish(null)]);
});
