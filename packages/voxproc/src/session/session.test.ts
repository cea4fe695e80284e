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
