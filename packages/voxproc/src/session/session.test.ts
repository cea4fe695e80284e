import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NotificationParams } from '@parley/protocol';
import { channelPair, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { LoopDelay } from '../loop-delay.ts';
import { Session } from './session.ts';

test('a supervisor that reads too slowly is told of before the link is given up', async () => {
  const { voxproc, supervisor, supervisorStream, clock } = channelPair({ maxQueued: 40, highWaterMark: 1024 });
  using loopDelay = new LoopDelay();
  const log = pino({ level: 'silent' });
  await using _ = new Session({ channel: voxproc, clock, log, loopDelay, onShutdown: () => undefined });
  const warnings: NotificationParams<'voxproc', 'warning'>[] = [];
  supervisor.onNotification('warning', (warning) => warnings.push(warning));
  supervisorStream.pause();
  while (!voxproc.crowded) voxproc.notify('segment.closed', { sidecar: { words: 'x'.repeat(100) } });
  clock.advance(5000);
  supervisorStream.resume();
  await settle();
  const warning = warnings.find(({ code }) => code === 'control_overflow_near');
  assert.ok(Number(warning?.details?.queued) > 20, JSON.stringify(warnings));
  clock.advance(20_000);
  await settle();
  assert.equal(warnings.filter(({ code }) => code === 'control_overflow_near').length, 1, 'it reads again');
});

test('nothing is said or played where no channel has been joined', async () => {
  const { voxproc, supervisor, clock } = channelPair();
  using loopDelay = new LoopDelay();
  const log = pino({ level: 'silent' });
  await using _ = new Session({ channel: voxproc, clock, log, loopDelay, onShutdown: () => undefined });
  const utteranceId = 'u';
  const refusals = [
    supervisor.request('speech.begin', { utteranceId, sampleRate: 24_000 }),
    supervisor.request('speech.end', { utteranceId, frames: 0 }),
    supervisor.request('speech.pause', { utteranceId }),
    supervisor.request('speech.resume', { utteranceId }),
    supervisor.request('speech.cancel', { utteranceId }),
    supervisor.request('music.pause', {}),
    supervisor.request('music.resume', {}),
    supervisor.request('music.stop', { fadeMs: 0 }),
    supervisor.request('music.gain', { gain: 1, fadeMs: 0 }),
    supervisor.request('sound.play', { file: '/nowhere.ogg' }),
  ];
  supervisor.notify('speech.audio', { utteranceId, seq: 0, pcm: Buffer.alloc(960) });
  for (const refusal of refusals) await assert.rejects(refusal, { code: 'not_joined' });
  assert.equal((await supervisor.request('stats.get', {})).playout, undefined);
});
