import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RosterEntry } from '@parley/protocol';
import { settle } from '@parley/protocol/testing';
import { Playback } from '../playback/playback.ts';
import type { PacketSink } from '../receive/packet-source.ts';
import { tonePackets20 } from '../testing/capture-rig.ts';
import { PlaybackEars } from '../testing/playback-ears.ts';
import { StallingClock } from '../testing/stalling-clock.ts';
import { Talker } from '../testing/talker.ts';
import { silenceMs } from '../voice-test/voice-test.ts';
import { Hearing } from './hearing.ts';

const ada = '400000000000000001';
const entry: RosterEntry = {
  ...{ userId: ada, username: 'ada', displayName: 'Ada' },
  ...{ bot: false, muted: false, optedOut: false, present: true },
};

const build = () => {
  const clock = new StallingClock();
  const ears = new PlaybackEars(clock);
  const heard: string[] = [];
  const playback = new Playback({
    clock,
    output: ears,
    played: { played: () => undefined },
    listeners: {
      speech: () => undefined,
      music: () => undefined,
      trouble: () => undefined,
      error: assert.fail,
    },
  });
  const hearing = new Hearing({
    clock,
    player: playback.sounds,
    mayBeHeard: () => true,
    positionAt: (us) => Math.round(us * 0.048),
    onError: assert.fail,
    sink: {
      audio: () => heard.push('audio'),
      paused: () => undefined,
      resumed: () => undefined,
      ended: ({ reason }) => heard.push(reason),
      discard: () => heard.push('discard'),
      taken: () => Promise.resolve(),
    },
  });
  const ignored = () => undefined;
  const recorder: PacketSink = {
    packet: () => heard.push('recorder'),
    ...{ dropped: ignored, unattributed: ignored, foreign: ignored, bot: ignored, optedOut: ignored },
  };
  const talker = new Talker({ clock, recorder: hearing.beside(recorder) }, ada);
  const packets = tonePackets20(440, 50);
  /** A voice test of a second that has begun to play, where anything can be played. */
  const begin = async (): Promise<{ readonly result: Promise<unknown> }> => {
    const result = hearing.voiceTest.run({ userId: ada, maxMs: 5_000 });
    // Looked at later.
    result.catch(() => undefined);
    talker.say(50, (index) => packets[index] as Uint8Array);
    clock.advance(silenceMs);
    await settle();
    clock.advance(100);
    return { result };
  };
  const audio = () => ears.handed.filter(({ kind }) => kind === 'audio').length;
  /** Lets everything play that still would. */
  const pass = async () => {
    for (let ms = 0; ms < 3_000; ms += 20) {
      clock.advance(20);
      await settle();
    }
  };
  return { clock, ears, heard, hearing, talker, packets, begin, audio, pass };
};

const endings: readonly (readonly [string, (hearing: Hearing) => void])[] = [
  ['opts out', (hearing) => hearing.rosterChanged({ ...entry, optedOut: true })],
  ['is excluded', (hearing) => hearing.forget(ada, 'excluded')],
  ['goes', (hearing) => hearing.rosterChanged({ ...entry, present: false })],
  ['stays behind in a channel that is left', (hearing) => hearing.channelLeft()],
];

for (const [what, end] of endings) {
  test(`nothing more is played of the voice test of somebody who ${what}`, async () => {
    const { hearing, begin, audio, pass } = build();
    const { result } = await begin();
    const played = audio();
    assert.ok(played > 0 && played < 10, `${played} frames`);
    end(hearing);
    await pass();
    assert.equal(audio(), played);
    await assert.rejects(result, { code: 'aborted' });
  });

  test(`nothing is played of the voice test of somebody who ${what} while it waits for keys`, async () => {
    const { ears, hearing, begin, audio, pass } = build();
    ears.ready = false;
    const { result } = await begin();
    end(hearing);
    ears.ready = true;
    await pass();
    assert.equal(audio(), 0);
    await assert.rejects(result, { code: 'aborted' });
  });

  test(`the capture of somebody who ${what} is over, and what was heard before begins no other`, () => {
    const { heard, hearing, talker, packets } = build();
    const limits = { sampleRate: 16_000, silenceMs: 700, maxMs: 10_000 };
    hearing.captures.start({ userId: ada, captureId: 'one', preRollMs: 0, ...limits });
    talker.say(5, (index) => packets[index] as Uint8Array);
    end(hearing);
    assert.match(heard.join(' '), / (excluded discard|left|session_ended)$/);
    const before = heard.length;
    const { preRollMs } = hearing.captures.start({ userId: ada, captureId: 'two', preRollMs: 1_000, ...limits });
    assert.deepEqual([preRollMs, heard.length], [0, before]);
  });
}

test('the recorder is handed each packet before anybody else', () => {
  const { heard, hearing, talker, packets } = build();
  const limits = { sampleRate: 16_000, silenceMs: 700, maxMs: 10_000 };
  hearing.captures.start({ userId: ada, captureId: 'one', preRollMs: 0, ...limits });
  talker.send(packets[0] as Uint8Array);
  assert.deepEqual(heard, ['recorder', 'audio']);
});
