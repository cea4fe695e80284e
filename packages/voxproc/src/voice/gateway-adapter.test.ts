import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { GatewayAdapter } from './gateway-adapter.ts';

const guildId = '100000000000000001';
const userId = '200000000000000001';
const channelId = '300000000000000001';
const elsewhere = '300000000000000002';
const op4 = (channel: string | null) => ({ op: 4 as const, d: { guild_id: guildId, channel_id: channel } });
const state = (channel: string | null, over = {}) => ({
  guild_id: guildId,
  user_id: userId,
  channel_id: channel,
  session_id: 's',
  ...over,
});
const server = (endpoint: string | null = 'voice.example:443') => ({ guild_id: guildId, token: 't', endpoint });

const build = () => {
  const clock = new FakeClock();
  const sent: unknown[] = [];
  const seen: string[] = [];
  let heldBack = 0;
  const adapter = new GatewayAdapter({
    clock,
    guildId,
    userId,
    send: (payload) => sent.push(payload),
    onHeldBack: () => {
      heldBack += 1;
    },
  });
  const methods = adapter.creator({
    destroy: () => {},
    onVoiceServerUpdate: ({ endpoint }) => seen.push(`server ${endpoint}`),
    onVoiceStateUpdate: ({ channel_id }) => seen.push(`state ${channel_id}`),
  });
  const ask = (channel: string | null = channelId): boolean => {
    let answer = false;
    adapter.permit(channel, () => {
      answer = methods.sendPayload(op4(channel));
    });
    return answer;
  };
  return { clock, adapter, methods, sent, seen, ask, heldBack: () => heldBack };
};

describe('GatewayAdapter', () => {
  it('sends what is permitted', () => {
    const { ask, sent } = build();
    assert.equal(ask(), true);
    assert.deepEqual(sent, [op4(channelId)]);
  });

  it('refuses what the library asks for by itself, and tells only of what comes too fast', () => {
    const { ask, methods, sent, heldBack } = build();
    assert.equal(methods.sendPayload(op4(channelId)), false);
    assert.deepEqual([sent.length, heldBack()], [0, 0]);
    ask();
    for (let i = 0; i < 113; i += 1) assert.equal(methods.sendPayload(op4(channelId)), false);
    assert.deepEqual([sent.length, heldBack()], [1, 113]);
  });

  it('lets one update a second through', () => {
    const { ask, clock, sent, adapter, heldBack } = build();
    assert.equal(ask(), true);
    assert.equal(ask(), false);
    assert.equal(adapter.waitMs(), 1000);
    clock.advance(999);
    assert.equal(ask(), false);
    clock.advance(1);
    assert.equal(adapter.waitMs(), 0);
    assert.equal(ask(), true);
    assert.equal(sent.length, 2);
    assert.equal(heldBack(), 2);
  });

  it('refuses everything while the gateway is away, without using up the turn', () => {
    const { ask, adapter } = build();
    adapter.available = false;
    assert.equal(ask(), false);
    assert.equal(adapter.waitMs(), Number.POSITIVE_INFINITY);
    adapter.available = true;
    assert.equal(ask(), true);
  });

  it('hands a server that comes before the voice state on after it', () => {
    const { ask, adapter, seen } = build();
    ask();
    adapter.voiceServer(server());
    assert.deepEqual(seen, []);
    adapter.voiceState(state(channelId));
    assert.deepEqual(seen, [`state ${channelId}`, 'server voice.example:443']);
  });

  it('hands a server that comes before the voice state of a move on after it, or after half a second', () => {
    const { ask, adapter, clock, seen } = build();
    ask();
    adapter.voiceState(state(channelId));
    adapter.voiceServer(server('first'));
    clock.advance(1000);
    ask(elsewhere);
    adapter.voiceServer(server('second'));
    adapter.voiceState(state(elsewhere));
    clock.advance(1000);
    ask(channelId);
    adapter.voiceServer(server('third'));
    clock.advance(500);
    assert.deepEqual(seen.slice(1), ['server first', `state ${elsewhere}`, 'server second', 'server third']);
  });

  it('hands a server of a moderator’s move on at once', () => {
    const { ask, adapter, seen } = build();
    ask();
    adapter.voiceState(state(channelId));
    adapter.voiceState(state(elsewhere));
    adapter.voiceServer(server());
    assert.deepEqual(seen.at(-1), 'server voice.example:443');
  });

  const strangers: [string, Record<string, unknown>][] = [
    ['another user', state(channelId, { user_id: '200000000000000009' })],
    ['another guild', state(channelId, { guild_id: '100000000000000009' })],
    ['no session', { ...state(channelId), session_id: undefined }],
    ['a channel that is no id', state(channelId, { channel_id: 5 })],
    ['nothing', {}],
  ];
  for (const [name, data] of strangers) {
    it(`ignores a voice state of ${name}`, () => {
      const { adapter, seen } = build();
      assert.equal(adapter.voiceState(data), null);
      assert.deepEqual(seen, []);
    });
  }

  it('ignores a server of another guild and one without a token', () => {
    const { adapter } = build();
    assert.equal(adapter.voiceServer({ ...server(), guild_id: '1' }), false);
    assert.equal(adapter.voiceServer({ ...server(), token: null }), false);
  });

  it('hands nothing on once the library has let go, and leaves no timer', () => {
    const { ask, adapter, methods, clock, seen } = build();
    ask();
    adapter.voiceServer(server());
    methods.destroy();
    adapter.voiceState(state(channelId));
    assert.deepEqual(seen, []);
    assert.equal(clock.timers, 0);
  });
});
