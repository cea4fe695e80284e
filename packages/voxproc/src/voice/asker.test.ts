import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { Asker } from './asker.ts';
import { GatewayAdapter } from './gateway-adapter.ts';

const build = () => {
  const clock = new FakeClock();
  const start = clock.now();
  const sent: string[] = [];
  const adapter = new GatewayAdapter({
    clock,
    guildId: '100000000000000001',
    userId: '200000000000000001',
    send: ({ d }) => sent.push(`${clock.now() - start} ${d.channel_id}`),
    onHeldBack: () => assert.fail('too fast'),
  });
  const library = adapter.creator({ destroy() {}, onVoiceServerUpdate() {}, onVoiceStateUpdate() {} });
  const asker = new Asker(clock, adapter, (channel) =>
    adapter.permit(channel, () => assert.ok(library.sendPayload({ op: 4, d: { channel_id: channel } }))),
  );
  return { clock, adapter, asker, sent };
};

describe('Asker', () => {
  it('asks at once, and again a second later at the earliest, for the newest wish only', () => {
    const { clock, asker, sent } = build();
    for (const channel of ['a', 'b', 'c']) asker.ask(channel);
    clock.advance(5000);
    assert.deepEqual(sent, ['0 a', '1000 c']);
    assert.equal(clock.timers, 0);
  });

  it('keeps its wish while the main gateway is away', () => {
    const { clock, adapter, asker, sent } = build();
    adapter.available = false;
    asker.ask('a');
    clock.advance(60_000);
    assert.deepEqual(sent, []);
    adapter.available = true;
    asker.look();
    assert.deepEqual(sent, ['60000 a']);
  });

  it('asks for nothing any more once disposed', () => {
    const { clock, asker, sent } = build();
    asker.ask('a');
    asker.ask('b');
    asker[Symbol.dispose]();
    clock.advance(5000);
    assert.deepEqual(sent, ['0 a']);
  });
});
