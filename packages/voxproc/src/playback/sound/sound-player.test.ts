import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OggOpusWriter } from '@parley/mux';
import { FakeClock, settle } from '@parley/protocol/testing';
import { Playback } from '../playback.ts';
import type { FrameOutput } from '../voice-output.ts';

const FRAMES = 10;
let folder = '';
let file = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-sound-'));
  file = join(folder, 'sound.ogg');
  const writer = new OggOpusWriter({ serial: 1, comments: {} });
  const parts: Uint8Array[] = [writer.header()];
  for (let i = 0; i < FRAMES; i += 1) parts.push(writer.push(Uint8Array.of(0xf8, 1, 2, 3, i), 960) ?? new Uint8Array());
  parts.push(writer.end());
  await writeFile(file, Buffer.concat(parts));
});
after(async () => rm(folder, { recursive: true }));

/** An output that is ready as `isReady` says at each frame. */
const build = (isReady: (frame: number) => boolean = () => true) => {
  const clock = new FakeClock();
  const sent: (number | 'silence' | 'stop')[] = [];
  let asked = 0;
  const output: FrameOutput = {
    get ready() {
      return isReady(asked);
    },
    send(frame) {
      const ready = isReady(asked);
      asked += 1;
      if (ready) sent.push(frame.at(-1) as number);
      return ready;
    },
    sendSilence() {
      sent.push('silence');
      return true;
    },
    stopSpeaking: () => sent.push('stop'),
  };
  let told = 0;
  const playback = new Playback({
    ...{ clock, output, played: { played: () => undefined } },
    listeners: {
      speech: () => assert.fail('no speech'),
      music: () => assert.fail('no music'),
      error: assert.fail,
      trouble: (trouble) => {
        if (trouble.type === 'sound_dropped') told += trouble.frames;
      },
    },
  });
  const player = playback.sounds;
  /** Lets time pass until `promise` has settled. */
  const finish = async <T>(promise: Promise<T>): Promise<T> => {
    let done = false;
    const mark = () => {
      done = true;
    };
    promise.then(mark, mark);
    for (let steps = 0; !done && steps < 2000; steps += 1) {
      await settle();
      clock.advance(20);
    }
    return await promise;
  };
  return { clock, playback, player, sent, finish, told: () => told };
};
const silence = ['silence', 'silence', 'silence', 'silence', 'silence', 'stop'];

describe('SoundPlayer', () => {
  it('sends every frame, then five silence frames, then stops speaking', async () => {
    const { player, sent, finish, told } = build();
    assert.deepEqual(await finish(player.play(file)), { playedMs: 200, droppedFrames: 0 });
    assert.deepEqual(sent, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...silence]);
    assert.equal(told(), 0);
  });

  it('drops and counts frames whose time comes while encryption is not ready', async () => {
    const { player, sent, finish, told } = build((frame) => frame < 3 || frame > 6);
    assert.deepEqual(await finish(player.play(file)), { playedMs: 120, droppedFrames: 4 });
    assert.deepEqual(sent, [0, 1, 2, 7, 8, 9, ...silence]);
    assert.equal(told(), 4);
  });

  it('refuses when encryption is not ready within three seconds, having sent nothing', async () => {
    const { player, sent, finish } = build(() => false);
    await assert.rejects(finish(player.play(file)), { code: 'encryption_not_ready' });
    assert.deepEqual(sent, []);
  });

  it('plays one sound after the other and refuses more than a few', async () => {
    const { player, sent, finish } = build();
    const sounds = [1, 2, 3, 4, 5, 6, 7].map(() => player.play(file));
    const settled = await finish(Promise.allSettled(sounds));
    assert.deepEqual(
      settled.map((result) => (result.status === 'fulfilled' ? result.value.playedMs : result.reason.code)),
      [200, 200, 200, 200, 200, 'aborted', 'aborted'],
    );
    assert.deepEqual(sent.slice(0, 17), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...silence, 0]);
  });

  it('stops in the middle when the session ends', async () => {
    const { playback, player, sent, clock, finish } = build();
    const playing = player.play(file);
    while (sent.length < 3) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(20);
    }
    playback[Symbol.dispose]();
    const { playedMs } = await finish(playing);
    assert.ok(playedMs < 200);
    assert.ok(!sent.includes('silence'));
  });

  it('goes on after a sound that cannot be read', async () => {
    const { player, finish } = build();
    await assert.rejects(player.play(join(folder, 'nowhere.ogg')), { code: 'file_unreadable' });
    assert.equal((await finish(player.play(file))).playedMs, 200);
  });
});
