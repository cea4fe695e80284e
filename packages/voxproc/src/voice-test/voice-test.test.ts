import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import type { MediaPacket, PacketSink } from '../receive/packet-source.ts';
import { firstWordMs, silenceMs, VoiceTest } from './voice-test.ts';

const ada = '400000000000000001';
const ben = '400000000000000002';

const rig = () => {
  const clock = new FakeClock();
  const played: (number | null)[][] = [];
  const recorded: string[] = [];
  const voiceTest = new VoiceTest({
    clock,
    player: {
      playFrames: async (frames) => {
        played.push(frames.map((frame) => frame?.[1] ?? null));
        return { playedMs: frames.length * 20, droppedFrames: 0 };
      },
    },
  });
  const recorder: PacketSink = {
    packet: ({ userId, opus }) => void recorded.push(`${userId} ${opus[1]}`),
    dropped: ({ userId }) => void recorded.push(`${userId} dropped`),
    unattributed: () => undefined,
    foreign: () => undefined,
    bot: () => undefined,
    optedOut: () => undefined,
  };
  const sink = voiceTest.beside(recorder);
  const says = (frame: number, userId = ada, opus = Buffer.from([0xf8, frame, 1, 1])) => {
    const packet: MediaPacket = { userId, ssrc: 1, sequence: frame, timestamp: frame * 960, arrivalUs: 0, opus };
    sink.packet(packet);
    opus.fill(0);
    clock.advance(20);
  };
  return { clock, played, recorded, voiceTest, sink, says };
};

test('what one person says is played back once they are silent, and nobody else’s', async () => {
  const { clock, played, recorded, voiceTest, says } = rig();
  const testing = voiceTest.run({ userId: ada, maxMs: 5000 });
  for (const frame of [1, 2, 4]) {
    says(frame);
    says(frame, ben);
  }
  says(5, ada, Buffer.from([0xf8, 0xff, 0xfe]));
  clock.advance(silenceMs);
  assert.deepEqual(await testing, { heardMs: 60, playedMs: 80, received: 3, lost: 1, unusable: 0 });
  assert.deepEqual(played, [[1, 2, null, 4]]);
  assert.equal(recorded.length, 7, 'the recorder gets everything');
  assert.equal(clock.timers, 0);
});

test('it listens no longer than it was asked to', async () => {
  const { played, voiceTest, says } = rig();
  const testing = voiceTest.run({ userId: ada, maxMs: 1000 });
  for (let frame = 0; frame < 60; frame += 1) says(frame);
  const { heardMs } = await testing;
  assert.equal(heardMs, 1000);
  assert.equal(played[0]?.length, 50);
});

test('nothing heard is nothing played', async () => {
  const { clock, played, voiceTest, sink } = rig();
  const testing = voiceTest.run({ userId: ada, maxMs: 5000 });
  sink.dropped({ userId: ada, ssrc: 1, sequence: 1, timestamp: 0, arrivalUs: 0, reason: 'undecryptable' });
  clock.advance(firstWordMs);
  assert.deepEqual(await testing, { heardMs: 0, playedMs: 0, received: 1, lost: 0, unusable: 1 });
  assert.deepEqual(played, []);
});

test('one person at a time, and the next one afterwards', async () => {
  const { clock, voiceTest } = rig();
  const first = voiceTest.run({ userId: ada, maxMs: 5000 });
  await assert.rejects(voiceTest.run({ userId: ben, maxMs: 5000 }), { code: 'busy' });
  clock.advance(firstWordMs);
  await first;
  const next = voiceTest.run({ userId: ben, maxMs: 5000 });
  await settle();
  clock.advance(firstWordMs);
  assert.equal((await next).heardMs, 0);
});

test('who is not to be heard any more is forgotten at once, and an end of the session ends the test', async () => {
  const { clock, played, voiceTest, says } = rig();
  const testing = voiceTest.run({ userId: ada, maxMs: 5000 });
  says(1);
  voiceTest.forget(ben);
  voiceTest.forget(ada);
  await assert.rejects(testing, { code: 'aborted' });
  const second = voiceTest.run({ userId: ada, maxMs: 5000 });
  voiceTest[Symbol.dispose]();
  await assert.rejects(second, { code: 'aborted' });
  await assert.rejects(voiceTest.run({ userId: ada, maxMs: 5000 }), { code: 'aborted' });
  assert.deepEqual(played, []);
  assert.equal(clock.timers, 0);
});
