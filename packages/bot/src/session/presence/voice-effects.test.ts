import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, SessionRig, startSession, voiceA, voiceA2 } from '../../testing/index.ts';
import { effectDedupeMs, effectsKept } from './voice-effects.ts';

const tada = { userId: bob, emoji: '🎉', soundId: null };
const horn = { userId: bob, emoji: null, soundId: '7' };

test('an effect in the channel counts once within 1.5 s; another one, of another person, or later counts by itself', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  session.voiceEffect(tada, voiceA);
  assert.equal(effectDedupeMs, 1500);
  rig.clock.advance(effectDedupeMs - 1);
  session.voiceEffect(tada, voiceA);
  session.voiceEffect(horn, voiceA);
  session.voiceEffect({ ...tada, userId: alice }, voiceA);
  session.voiceEffect(tada, voiceA2);
  rig.clock.advance(1);
  session.voiceEffect(tada, voiceA);
  assert.deepEqual(
    session.effects.recent.map(({ userId, emoji, soundId }) => `${userId} ${emoji ?? soundId}`),
    [`${bob} 🎉`, `${bob} 7`, `${alice} 🎉`, `${bob} 🎉`],
  );
  const logged = rig.log.filter(({ msg }) => msg === 'voice channel effect');
  assert.equal(logged.length, 4);
  assert.equal(logged[0]?.sessionId, session.sessionId);
});

test('only the latest effects are kept, and none after the end', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  for (let turn = 0; turn < 30; turn += 1) {
    session.voiceEffect({ ...horn, soundId: String(turn) }, voiceA);
    rig.clock.advance(100);
  }
  assert.equal(session.effects.recent.length, effectsKept);
  assert.equal(session.effects.recent.at(-1)?.soundId, '29');
  rig.coordinator.requestEnd(session, 'requested');
  await rig.drive(session.ended, 100);
  session.voiceEffect(tada, voiceA);
  assert.equal(session.effects.recent.at(-1)?.soundId, '29');
});
