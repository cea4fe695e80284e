import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtocolError } from '@parley/protocol';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { parseSettings } from '../../config/index.ts';
import type { UserMessage } from '../../notify/index.ts';
import type { Session } from '../../session/session.ts';
import { Background } from '../../vox/background.ts';
import type { VoxprocVoice } from '../../vox/voxproc-voice.ts';
import { FakeSpeechPort } from '../testing/fake-speech-port.ts';
import { SessionMusic } from './session-music.ts';
import type { Track } from './track.ts';

const track = (title: string): Track => ({
  ...{ title, requestedByUserId: '1' },
  source: { kind: 'file', path: `/music/${title}` },
});

const open = ({ ffmpeg = '/usr/bin/ffmpeg' as string | null } = {}) => {
  const clock = new FakeClock();
  const voxproc = new FakeSpeechPort();
  const said: UserMessage[] = [];
  const told: boolean[] = [];
  let voice: Partial<VoxprocVoice> | null = null;
  const session = {
    voxproc: {
      request: voxproc.request.bind(voxproc),
      listen: (listener: Partial<VoxprocVoice>) => {
        voice = listener;
        return {
          [Symbol.dispose]: () => {
            voice = null;
          },
        };
      },
    },
    announcer: { say: (message: UserMessage) => void said.push(message) },
    agent: { client: { music: (on: boolean) => void told.push(on) } },
  } as unknown as Session;
  let ids = 0;
  const music = new SessionMusic({
    ...{ session, clock, settings: parseSettings({ music: { volume: 40 } }), logger: pino({ level: 'silent' }) },
    background: new Background(pino({ level: 'silent' })),
    newId: () => {
      ids += 1;
      return `m${ids}`;
    },
    ffmpeg: async () => ffmpeg,
  });
  const playing = () => voxproc.asked.filter(({ name }) => name === 'music.play').at(-1)?.params ?? {};
  const state = async (name: string, positionMs = 0, musicId = String(playing().musicId), more = {}) => {
    voice?.musicState?.({ musicId, state: name as 'playing', positionMs, ...more });
    await settle();
  };
  return {
    clock,
    voxproc,
    music,
    said,
    told,
    playing,
    state,
    lost: () => voice?.lost?.(),
    heard: () => voice !== null,
  };
};

test('what is wanted is played with the settings of music, and the agent hears of it', async () => {
  const the = open();
  assert.deepEqual(the.music.want(track('a'), 'last'), { kind: 'loading' });
  await settle();
  assert.deepEqual(the.playing(), {
    ...{ musicId: 'm1', source: { kind: 'file', path: '/music/a' }, ffmpegPath: '/usr/bin/ffmpeg' },
    ...{ gain: 0.4, fadeInMs: 0, duck: { gain: 0.15, fadeMs: 300 } },
  });
  await the.state('playing');
  the.clock.advance(1500);
  assert.deepEqual(the.music.view, { phase: 'playing', title: 'a', positionMs: 1500, queue: [], volume: 40 });
  await the.state('paused', 1500);
  the.clock.advance(1000);
  assert.equal(the.music.view.positionMs, 1500);
  await the.state('playing', 1500);
  await the.state('ended', 3000);
  assert.equal(the.music.view.phase, 'idle');
  assert.deepEqual(the.told, [true, false, true, false]);
});

test('one after the other is no pause for the agent', async () => {
  const the = open();
  the.music.want(track('a'), 'last');
  assert.deepEqual(the.music.want(track('b'), 'last'), { kind: 'queued', place: 1 });
  assert.deepEqual(the.music.want(track('c'), 'next'), { kind: 'queued', place: 1 });
  await settle();
  await the.state('playing');
  await the.state('ended');
  assert.equal(the.playing().source && JSON.stringify(the.playing().source).includes('/music/c'), true);
  assert.deepEqual(the.told, [true]);
  assert.deepEqual(the.music.skip(), { skipped: 'c', next: 'b' });
});

test('pause, resume, volume and stop are asked of the audio process', async () => {
  const the = open();
  assert.equal(await the.music.pause(), false);
  assert.equal(await the.music.resume(), false);
  assert.equal(the.music.stop(), false);
  await the.music.setVolume(70);
  assert.deepEqual(the.voxproc.names, [], 'nothing plays');
  the.music.want(track('a'), 'last');
  await settle();
  assert.equal(the.playing().gain, 0.7);
  await the.state('playing');
  assert.equal(await the.music.pause(), true);
  await the.state('paused');
  assert.equal(await the.music.pause(), false);
  assert.equal(await the.music.resume(), true);
  await the.music.setVolume(100);
  assert.equal(the.music.stop(), true);
  await settle();
  assert.deepEqual(the.voxproc.names, ['music.play', 'music.pause', 'music.resume', 'music.gain', 'music.stop']);
  assert.equal(the.music.view.phase, 'idle', 'also where the end is not told');
});

test('what is stopped before it began is never sent', async () => {
  const the = open();
  the.music.want(track('a'), 'last');
  the.music.stop();
  await settle();
  assert.deepEqual(
    the.voxproc.names.filter((name) => name === 'music.play'),
    [],
  );
  assert.equal(the.music.view.phase, 'idle');
  assert.equal(the.told.at(-1), false);
});

test('what is skipped before it began is never sent', async () => {
  const the = open();
  the.music.want(track('a'), 'last');
  the.music.want(track('b'), 'last');
  the.music.skip();
  await settle();
  assert.equal(the.voxproc.names.filter((name) => name === 'music.play').length, 1);
  assert.equal(the.playing().musicId, 'm3');
});

test('failures are said in the channel, with what comes instead', async () => {
  const the = open();
  the.music.want(track('a'), 'last');
  the.music.want(track('b'), 'last');
  await settle();
  await the.state('failed', 0, 'm1', { code: 'fetch_failed', message: 'x: it answered 404' });
  assert.deepEqual(the.said, [{ kind: 'music_failed', details: { title: 'a', trouble: 'fetch_failed', next: 'b' } }]);
  the.voxproc.answers = {
    'music.play': () => {
      throw new ProtocolError('link_closed', 'gone');
    },
  };
  the.music.want(track('c'), 'now');
  await settle();
  assert.deepEqual(the.said.at(-1)?.details, { title: 'c', trouble: 'not_taken', next: null });
});

test('without ffmpeg that is said', async () => {
  const the = open({ ffmpeg: null });
  the.music.want(track('a'), 'last');
  await settle();
  assert.deepEqual(the.said[0]?.details, { title: 'a', trouble: 'no_ffmpeg', next: null });
  assert.deepEqual(the.voxproc.names, []);
});

test('an audio process that is lost takes its music along, and the next one plays what is wanted then', async () => {
  const the = open();
  the.music.want(track('a'), 'last');
  the.music.want(track('b'), 'last');
  await settle();
  await the.state('playing');
  the.lost();
  assert.deepEqual(the.music.view, { phase: 'idle', title: null, positionMs: 0, queue: [], volume: 40 });
  assert.deepEqual(the.said[0]?.details, { title: 'a', trouble: 'lost', next: null });
  assert.deepEqual(the.told, [true, false]);
  the.music.want(track('c'), 'last');
  await settle();
  await the.state('playing');
  assert.equal(the.music.view.title, 'c');
});

test('after the session nothing is said or done any more', async () => {
  const the = open();
  the.music.want(track('a'), 'last');
  the.music[Symbol.dispose]();
  await settle();
  assert.deepEqual(the.voxproc.names, []);
  assert.equal(the.heard(), false);
  assert.deepEqual(the.said, []);
});
