import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { alice, bob } from '../../testing/fake-discord.ts';
import { AgentRig, rate } from '../testing/agent-rig.ts';

/** A model that answers the end of a turn by itself, and stops for whatever it hears meanwhile. */
const capabilities = { answersTurnsItself: true, interruptsOnInput: true, truncates: false, textIn: false } as const;
const steps = (asked: readonly string[]): string[] => asked.filter((what) => !what.startsWith('audio'));

test('a turn is ended only when its answer is wanted, and no response is asked for', async () => {
  await using rig = await AgentRig.live({ capabilities, words: 'asr' }, [alice, bob]);
  const captureId = await rig.begins(alice);
  rig.speaks(captureId, alice, 400);
  rig.words.say(captureId, 'parley', false);
  assert.deepEqual(steps(rig.asked), ['connected', 'begin']);
  await rig.ends(captureId, alice);
  rig.words.say(captureId, 'parley what time is it');
  await settle();
  assert.deepEqual(steps(rig.asked), ['connected', 'begin', 'end t1']);
  rig.provider.last.say({ type: 'response_started', responseId: 'r1', requestId: null });
  rig.provider.last.say({ type: 'audio', responseId: 'r1', itemId: 'i', pcm: new Uint8Array(480), rate });
  await settle();
  assert.ok(rig.voxproc.names.includes('speech.begin'), 'what comes belongs to it');
});

test('what is said while it answers is withheld, and heard when it has answered', async () => {
  await using rig = await AgentRig.live({ capabilities, guild: { addressing: 'always' } }, [alice, bob]);
  await rig.says(alice);
  assert.deepEqual(steps(rig.asked), ['connected', 'begin', 'end t1']);
  const over = await rig.begins(bob);
  rig.speaks(over, bob, 300);
  const before = rig.asked.length;
  rig.provider.last.say({ type: 'response_started', responseId: 'r1', requestId: null });
  rig.speaks(over, bob, 200);
  assert.equal(rig.asked.length, before, 'not a sound of it reaches the model');
  rig.provider.last.finish('r1');
  await settle();
  assert.deepEqual(steps(rig.asked).at(-1), 'begin');
  assert.equal(rig.asked.at(-1), 'audio 960', 'now it does, from its beginning on');
});

test('a turn that is not for it after all is taken back before it answers', async () => {
  await using rig = await AgentRig.live({ capabilities, words: 'asr' }, [alice, bob]);
  const captureId = await rig.begins(alice);
  rig.speaks(captureId, alice, 400);
  rig.words.say(captureId, 'parley', false);
  rig.agent.consentDecided(alice, 'opted_out');
  await settle();
  assert.ok(steps(rig.asked).includes('clear'));
  assert.ok(!steps(rig.asked).some((what) => what.startsWith('end')));
});

test('where answers are written, the one that comes by itself is asked for as text', async () => {
  await using rig = await AgentRig.live({ capabilities, guild: { addressing: 'always', textOnlyMode: true } }, [
    alice,
    bob,
  ]);
  await rig.says(alice);
  assert.deepEqual(steps(rig.asked), ['connected', 'begin', 'end t1', 'respond q1 text']);
});
