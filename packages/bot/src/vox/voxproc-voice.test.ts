import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, SessionRig, startSession } from '../testing/index.ts';

test('what a voxproc captures and plays is heard by whoever listens, of every child, and its death ends it', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  const heard: unknown[] = [];
  const listening = session.voxproc.listen({
    speakingStarted: (userId) => heard.push(['speaking', userId]),
    captureAudio: ({ captureId, pcm }) => heard.push([captureId, [...pcm]]),
    captureEnded: ({ captureId, reason }) => heard.push([captureId, reason]),
    playbackFinished: ({ utteranceId, playedMs }) => heard.push([utteranceId, playedMs]),
    lost: () => heard.push('lost'),
  });
  const [first] = rig.voxprocs;
  first?.tell('speaking.started', { userId: alice });
  const pcm = new Uint8Array([1, 2]);
  first?.tell('capture.audio', { captureId: 'c', userId: alice, position: 0, pcm, peak: 0, rms: 0 });
  first?.tell('capture.ended', { captureId: 'c', userId: alice, reason: 'silence', durationMs: 20, position: 960 });
  first?.tell('playback.finished', { utteranceId: 'u', playedMs: 20, trimmedMs: 0, outcome: 'played' });
  await rig.until('all of it was heard', () => heard.length === 4);
  first?.kill('SIGKILL');
  await rig.until('a respawn', () => rig.discord.said('gap_voxproc').length === 1);
  rig.voxprocs[1]?.tell('speaking.started', { userId: alice });
  await rig.until('the second child is heard', () => heard.length === 6);
  listening[Symbol.dispose]();
  rig.voxprocs[1]?.tell('speaking.started', { userId: alice });
  rig.voxprocs[1]?.tell('speaking.stopped', { userId: alice });
  await rig.until('it was told', () => session.reports.news.speaking.size === 0);
  assert.deepEqual(heard, [
    ['speaking', alice],
    ['c', [1, 2]],
    ['c', 'silence'],
    ['u', 20],
    'lost',
    ['speaking', alice],
  ]);
});

test('audio of an utterance reaches the child that is in the channel, and nothing is thrown while none is', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  const sent: number[] = [];
  rig.voxprocs[0]?.channel.onNotification('speech.audio', ({ seq }) => void sent.push(seq));
  session.voxproc.speechAudio({ utteranceId: 'u', seq: 0, pcm: new Uint8Array(4) });
  await rig.until('it arrived', () => sent.length === 1);
  let gone = false;
  using _listening = session.voxproc.listen({
    lost: () => {
      gone = true;
      session.voxproc.speechAudio({ utteranceId: 'u', seq: 1, pcm: new Uint8Array(4) });
    },
  });
  rig.voxprocs[0]?.kill('SIGKILL');
  await rig.until('it is gone', () => gone);
  assert.deepEqual(sent, [0]);
});
