import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { judge, TempFolder, toneLevel, writeScript } from '@parley/mux/testing';
import type { MusicSource, RequestParams } from '@parley/protocol';
import { FakeClock } from '@parley/protocol/testing';
import { largestStep, PlaybackEars, tonePcm } from '../../testing/playback-ears.ts';
import { Playback } from '../playback.ts';
import type { MusicEvent } from './music-player.ts';

const ffmpeg = judge('ffmpeg', 'ffmpeg');
const folder = new TempFolder();
const built: Playback[] = [];
after(() => {
  for (const playback of built) playback[Symbol.dispose]();
  folder[Symbol.dispose]();
});

/** A tone in both channels at a quarter of full scale as a WAV file of 48 kHz. */
const wav = (hz: number, ms: number): Buffer => {
  const mono = tonePcm(hz, ms, { rate: 48_000, level: 0.25 });
  const pcm = Buffer.alloc(2 * mono.length);
  for (let at = 0; at < pcm.length; at += 2) pcm.writeInt16LE(mono.readInt16LE(2 * (at >> 2)), at);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + pcm.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(2, 22);
  head.writeUInt32LE(48_000, 24);
  head.writeUInt32LE(192_000, 28);
  head.writeUInt16LE(4, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([head, pcm]);
};
const fileOf = (name: string, bytes: Buffer | string): MusicSource => {
  const path = folder.file(name);
  writeFileSync(path, bytes);
  return { kind: 'file', path };
};

/** Waits in real time for what ffmpeg or a server does. */
const until = async (what: string, check: () => boolean): Promise<void> => {
  const deadline = Date.now() + 30_000;
  while (!check()) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const build = () => {
  const clock = new FakeClock();
  const ears = new PlaybackEars(clock);
  const events: MusicEvent[] = [];
  const playback = new Playback({
    clock,
    output: ears,
    played: { played: () => undefined },
    listeners: {
      speech: () => undefined,
      music: (event) => events.push(event),
      trouble: () => undefined,
      error: assert.fail,
    },
  });
  built.push(playback);
  const play = (source: MusicSource, over: Partial<RequestParams<'supervisor', 'music.play'>> = {}) =>
    playback.playMusic({
      musicId: 'm',
      source,
      ffmpegPath: ffmpeg.path,
      gain: 1,
      fadeInMs: 0,
      duck: { gain: 0.15, fadeMs: 300 },
      ...over,
    });
  const states = () => events.map(({ state }) => state);
  const over = () => events.find(({ state }) => state === 'ended' || state === 'stopped' || state === 'failed');
  /** Lets time pass, never faster than ffmpeg decodes. */
  const pass = async (ms: number): Promise<void> => {
    for (let at = 0; at < ms; at += 20) {
      if (ears.handed.at(-1)?.kind === 'audio') {
        await until('decoded', () => playback.music.bufferedMs > 100 || playback.music.isDecoded);
      }
      clock.advance(20);
    }
  };
  const playing = () => until('playing', () => states().includes('playing') && ears.handed.length > 0);
  return { clock, ears, events, playback, play, states, over, pass, playing };
};

test('a file is heard in stereo, at its gain, from a fade to its end', { skip: ffmpeg.skip }, async () => {
  const { ears, events, play, states, pass, playing, clock } = build();
  play(fileOf('tone.wav', wav(440, 1500)), { gain: 0.5, fadeInMs: 200 });
  await playing();
  await pass(2500);
  assert.deepEqual(states(), ['loading', 'playing', 'ended']);
  assert.equal(events.at(-1)?.positionMs, 1500);
  assert.match(ears.kinds, /^a{75,76}s{5}\.$/);
  assert.ok(ears.handed.slice(0, 75).every(({ isStereo }) => isStereo));
  assert.ok(Math.abs(toneLevel(ears.pcm, 440, 14_400, 62_400) - 20 * Math.log10(0.125)) < 0.5);
  const fading = Math.max(...ears.pcm.subarray(4800 - 480, 4800 + 480));
  assert.ok(fading > 0.04 && fading < 0.085, `half way up: ${fading}`);
  assert.equal(clock.timers, 0);
});

test('music goes back while the bot speaks, in a straight line, and comes back after', {
  skip: ffmpeg.skip,
}, async () => {
  const { ears, playback, play, pass, playing } = build();
  play(fileOf('long.wav', wav(440, 6000)));
  await playing();
  await pass(980);
  assert.equal(ears.handed.length, 50);
  playback.beginSpeech({ utteranceId: 'u', sampleRate: 24_000 });
  playback.speech.audio('u', 0, tonePcm(2000, 1500, { level: 0.1 }));
  playback.speech.end('u', 1);
  await pass(4000);
  const level = (fromMs: number, toMs: number) => toneLevel(ears.pcm, 440, 48 * fromMs, 48 * toMs) + 12.04;
  const ducked = 20 * Math.log10(0.15);
  assert.ok(Math.abs(level(200, 900)) < 0.3, 'before');
  assert.ok(Math.abs(level(1400, 2400) - ducked) < 0.5, `while it speaks: ${level(1400, 2400)}`);
  assert.ok(Math.abs(level(3000, 3800)) < 0.3, 'after');
  for (const [atMs, share] of [
    [1075, 0.25],
    [1150, 0.5],
    [1225, 0.75],
  ] as const) {
    const expected = 20 * Math.log10(1 - 0.85 * share);
    assert.ok(
      Math.abs(level(atMs + 6.5 - 25, atMs + 6.5 + 25) - expected) < 1,
      `${atMs}: ${level(atMs - 18, atMs + 32)}`,
    );
  }
  assert.ok(Math.abs(toneLevel(ears.pcm, 2000, 48 * 1100, 48 * 2400) + 20) < 1, 'the voice at its own level');
});

test('nothing clicks where music is held, goes on, becomes quieter and is stopped', { skip: ffmpeg.skip }, async () => {
  const { ears, playback, play, states, pass, playing, over } = build();
  play(fileOf('held.wav', wav(230, 6000)), { gain: 0.9 });
  assert.throws(() => build().playback.music.pause(), { code: 'no_music' });
  await playing();
  await pass(490);
  const { positionMs } = playback.music.pause();
  await pass(1000);
  assert.match(ears.kinds, /^a{27}s{5}\.$/, 'the frame after the pause fades');
  assert.equal(positionMs, 26 * 20);
  // Time that passes before the next frame of music does not wait for ffmpeg.
  await until('a second ahead', () => playback.music.bufferedMs >= 1000);
  assert.deepEqual(playback.music.resume(), { positionMs });
  await pass(300);
  playback.music.setGain(0.3, 0);
  await pass(300);
  const stopped = playback.music.stop(100);
  assert.throws(() => playback.music.setGain(1, 0), { code: 'no_music' });
  await pass(1000);
  assert.ok((await stopped).positionMs > positionMs + 600);
  assert.deepEqual(states(), ['loading', 'playing', 'paused', 'playing', 'stopped']);
  assert.equal(over()?.positionMs, (await stopped).positionMs);
  assert.match(ears.kinds, /s{5}\.$/);
  // 230 Hz at 0.225 steps by 0.007.
  assert.ok(largestStep(ears.pcm) < 0.02, `${largestStep(ears.pcm)}`);
});

test('new music takes the place of what plays, without a click', { skip: ffmpeg.skip }, async () => {
  const { ears, events, play, pass, playing } = build();
  play(fileOf('one.wav', wav(230, 3000)));
  await playing();
  await pass(300);
  play(fileOf('two.wav', wav(290, 1500)), { musicId: 'n' });
  await until('the next plays', () => events.some(({ musicId, state }) => musicId === 'n' && state === 'playing'));
  await pass(2500);
  assert.deepEqual(
    events.map(({ musicId, state }) => `${musicId} ${state}`),
    ['m loading', 'm playing', 'm stopped', 'n loading', 'n playing', 'n ended'],
  );
  assert.ok(largestStep(ears.pcm) < 0.02);
});

test('never more than two seconds are decoded ahead, nor while it is held', { skip: ffmpeg.skip }, async () => {
  const { playback, play, pass, playing } = build();
  play(fileOf('hour.wav', wav(440, 30_000)));
  await playing();
  await until('two seconds', () => playback.music.bufferedMs >= 2000);
  await pass(1000);
  playback.music.pause();
  await until('two seconds', () => playback.music.bufferedMs >= 2000);
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  // A piece read from a pipe is 64 KiB at most: 341 ms.
  assert.ok(playback.music.bufferedMs <= 2400, `${playback.music.bufferedMs}`);
  playback[Symbol.dispose]();
});

for (const [says, source, program, code, words] of [
  ['a file that is not there', { kind: 'file', path: folder.file('nowhere.ogg') }, null, 'file_unreadable', /ENOENT/],
  ['a folder', { kind: 'file', path: folder.path }, null, 'file_unreadable', /no file/],
  ['a relative path', { kind: 'file', path: 'song.ogg' }, null, 'file_unreadable', /absolute/],
  [
    'what is no audio',
    fileOf('text.ogg', 'no audio at all, only words. '.repeat(400)),
    null,
    'ffmpeg_failed',
    /ended with 1/,
  ],
  ['ffmpeg that is missing', fileOf('a.wav', wav(440, 100)), '/nowhere/ffmpeg', 'ffmpeg_failed', /ENOENT/],
  ['ffmpeg that is killed', fileOf('b.wav', wav(440, 100)), 'kill -9 $$', 'ffmpeg_failed', /SIGKILL/],
  [
    'ffmpeg that fails with words',
    fileOf('c.wav', wav(440, 100)),
    'echo first >&2; echo the last words >&2; exit 3',
    'ffmpeg_failed',
    /ended with 3: the last words/,
  ],
  ['ffmpeg that says nothing', fileOf('d.wav', wav(440, 100)), 'exit 0', 'ffmpeg_failed', /no audio/],
] as const) {
  test(`music fails with its reason: ${says}`, { skip: program === null && ffmpeg.skip }, async () => {
    const { clock, play, over, ears } = build();
    const isScript = program !== null && !program.startsWith('/');
    const path = isScript ? writeScript(folder.file(`ffmpeg-${code}-${says.length}`), program) : program;
    play(source, path === null ? {} : { ffmpegPath: path });
    await until('the end', () => over() !== undefined);
    assert.deepEqual([over()?.state, over()?.code], ['failed', code]);
    assert.match(over()?.message ?? '', words);
    assert.equal(clock.timers, 0);
    assert.equal(ears.kinds, '');
  });
}

test('a playlist that names other files opens none of them', { skip: ffmpeg.skip }, async () => {
  fileOf('secret.wav', wav(440, 500));
  for (const list of [
    `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:${folder.file('secret.wav')}\n#EXT-X-ENDLIST\n`,
    `ffconcat version 1.0\nfile '${folder.file('secret.wav')}'\n`,
  ]) {
    const { play, over, ears } = build();
    play(fileOf('list.ogg', list));
    await until('the end', () => over() !== undefined);
    assert.equal(over()?.code, 'ffmpeg_failed');
    assert.equal(ears.kinds, '');
  }
});

test('ffmpeg does not outlive the music', async () => {
  const pidFile = folder.file('pid');
  const script = writeScript(folder.file('ffmpeg-waits'), `echo $$ > '${pidFile}'\nexec sleep 600`);
  const { play, playback, states } = build();
  play(fileOf('e.wav', wav(440, 100)), { ffmpegPath: script });
  const pid = () => {
    try {
      return Number(readFileSync(pidFile, 'utf8'));
    } catch {
      return 0;
    }
  };
  await until('it runs', () => pid() > 0);
  const isAlive = () => {
    try {
      process.kill(pid(), 0);
      return true;
    } catch {
      return false;
    }
  };
  assert.ok(isAlive());
  playback[Symbol.dispose]();
  await until('it is gone', () => !isAlive());
  assert.deepEqual(states(), ['loading', 'stopped']);
});

let serve: (response: ServerResponse) => void = () => undefined;
const server = createServer((_, response) => serve(response));
let url = '';
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/song.wav`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
const address = (allowPrivate = true): MusicSource => ({ kind: 'url', url, allowPrivate });

test('an address is heard like a file', { skip: ffmpeg.skip }, async () => {
  const song = wav(440, 1200);
  serve = (response) => response.writeHead(200, { 'content-type': 'audio/wav' }).end(song);
  const { ears, play, states, pass, playing } = build();
  play(address());
  await playing();
  await pass(2000);
  assert.deepEqual(states(), ['loading', 'playing', 'ended']);
  assert.ok(Math.abs(toneLevel(ears.pcm, 440, 4800, 48_000) + 12) < 0.5);
});

test('an address within this host is refused unless that is allowed', async () => {
  const { play, over } = build();
  play(address(false));
  await until('the end', () => over() !== undefined);
  assert.equal(over()?.code, 'address_refused');
});

test('a source that stands still is given up after ten seconds, while it is held it is not', {
  skip: ffmpeg.skip,
}, async () => {
  const song = wav(440, 10_000);
  serve = (response) => void response.writeHead(200, { 'content-type': 'audio/wav' }).write(song.subarray(0, 576_044));
  const { clock, ears, playback, play, over, playing } = build();
  play(address());
  await playing();
  await until('what came', () => playback.music.bufferedMs >= 500);
  playback.music.pause();
  clock.advance(60_000);
  assert.equal(over(), undefined);
  playback.music.resume();
  clock.advance(9000);
  assert.equal(over(), undefined);
  clock.advance(4000);
  assert.equal(over()?.code, 'too_slow');
  assert.ok(ears.kinds.endsWith('.'), 'silence long before');
  assert.equal(clock.timers, 0);
});

test('a connection that breaks is told as such, after what was heard of it', { skip: ffmpeg.skip }, async () => {
  const song = wav(440, 10_000);
  serve = (response) => {
    response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': `${song.length}` });
    response.write(song.subarray(0, 288_044), () => response.destroy());
  };
  const { clock, ears, play, over } = build();
  play(address());
  await until('the end', () => {
    clock.advance(20);
    return over() !== undefined;
  });
  assert.equal(over()?.code, 'fetch_failed');
  assert.ok(ears.handed.length > 0 || over()?.positionMs === 0);
});

test('an ffmpeg that cannot even be asked for is told, and the process lives on', async () => {
  const { play, events } = build();
  play(fileOf('any.wav', wav(440, 100)), { ffmpegPath: 'ffmpeg\0' });
  await until('the failure', () => events.some(({ state }) => state === 'failed'));
  assert.equal(events.at(-1)?.code, 'ffmpeg_failed');
});

test('where no more files may be opened, music fails with its code', () => {
  const fixture = new URL('./fixtures/no-files-left.ts', import.meta.url).pathname;
  const words = execFileSync('/bin/sh', ['-c', 'ulimit -n 64 && exec "$0" "$1"', process.execPath, fixture]);
  assert.equal(String(words), 'EMFILE ffmpeg_failed\n');
});
