import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { alice, bob, musicBot } from '../../testing/fake-discord.ts';
import { AgentRig, rate } from '../testing/agent-rig.ts';

const bytesOf = (asked: readonly string[]): number =>
  asked.filter((what) => what.startsWith('audio ')).reduce((sum, what) => sum + Number(what.slice(6)), 0);
const without = (asked: readonly string[]): string[] => asked.filter((what) => !/^(?:audio|system:) ?/.test(what));

test('somebody alone with the agent is heard as they speak, and answered aloud', async () => {
  await using rig = await AgentRig.live();
  const captureId = await rig.begins(alice);
  rig.speaks(captureId, alice, 500);
  assert.equal(bytesOf(rig.asked), (rate / 2) * 2, 'all of it is with the model while it is said');
  await rig.ends(captureId, alice);
  assert.deepEqual(without(rig.asked), ['connected', 'begin', 'end t1', 'respond q1 audio']);
  rig.provider.last.answer('r1', 'q1', { ms: 300 });
  await settle();
  assert.deepEqual(rig.voxproc.names.slice(-2), ['speech.begin', 'speech.end']);
  assert.equal(rig.voxproc.sentMs(rate), 300);
});

test('who may not be heard is never captured: bots, who opted out, who is not known, who refused the AI', async () => {
  await using rig = await AgentRig.live({}, []);
  rig.optedOut.add(bob);
  rig.came(bob);
  rig.came(alice, { bot: null });
  rig.came(musicBot, { bot: true });
  for (const userId of [alice, bob, musicBot]) await assert.rejects(rig.begins(userId), /no capture/);
  rig.came(alice);
  rig.agent.consentDecided(alice, 'opted_out');
  await assert.rejects(rig.begins(alice), /no capture/);
  rig.agent.consentDecided(alice, 'opted_in');
  assert.ok(await rig.begins(alice));
});

test('consent withdrawn in the middle of a capture takes back what the model had, and nothing more leaves', async () => {
  await using rig = await AgentRig.live();
  const captureId = await rig.begins(alice);
  rig.speaks(captureId, alice, 500);
  rig.agent.consentDecided(alice, 'opted_out');
  await settle();
  assert.deepEqual(rig.asked.slice(-2), ['clear', 'closed'], 'a conversation that cannot forget is closed');
  assert.ok(rig.voxproc.names.includes('capture.stop'));
  const asked = rig.asked.length;
  rig.speaks(captureId, alice, 500);
  await rig.ends(captureId, alice);
  assert.equal(rig.asked.length, asked, 'neither audio nor a request');
});

test('among several people, what nobody addressed to the agent never reaches the model', async () => {
  await using rig = await AgentRig.live({ words: 'asr' }, [alice, bob]);
  const captureId = await rig.says(alice);
  rig.words.say(captureId, 'shall we go to the cinema tonight');
  await settle();
  assert.deepEqual(rig.asked, ['connected']);
  assert.equal(rig.words.heard.get(captureId)?.isGone, true, 'and is forgotten');
  const called = await rig.says(alice);
  rig.words.say(called, 'parley what time is it');
  await settle();
  assert.deepEqual(without(rig.asked), ['connected', 'begin', 'end t1', 'respond q1 audio']);
  assert.ok(rig.asked.includes('system: "Alice" speaks now.'));
  assert.deepEqual(
    rig.log.filter(({ kind }) => kind === 'decision').map(({ data }) => ('verdict' in data ? data.verdict : '')),
    ['client_silence', 'not_addressed', 'wake_name'],
  );
});

test('somebody speaks over the agent: it pauses, falls silent, and the model forgets what was not heard', async () => {
  await using rig = await AgentRig.live({ words: 'asr' }, [alice]);
  const first = await rig.says(alice);
  rig.words.say(first, 'tell me a story');
  await settle();
  rig.provider.last.answer('r1', 'q1', {
    ms: 3000,
    text: 'Once upon a time there was a bot that talked too much.',
    finish: false,
  });
  await settle();
  const { utteranceId } = rig.voxproc.audio[0] ?? { utteranceId: '' };
  rig.voice.playbackStarted?.({ utteranceId, at: 0, position: 0, trimmedMs: 60 });
  const over = await rig.begins(alice);
  rig.speaks(over, alice, 300);
  assert.equal(rig.voxproc.names.at(-1), 'speech.pause', 'before anybody knows what is said');
  rig.voxproc.played = { playedMs: 940, trimmedMs: 60, discardedMs: 1000 };
  rig.words.say(over, 'wait a minute', false);
  await settle();
  assert.ok(rig.asked.includes('cancel r1'));
  assert.ok(rig.asked.includes('truncate r1-item 1000'));
  rig.provider.last.say({ type: 'audio', responseId: 'r1', itemId: 'r1-item', pcm: new Uint8Array(480), rate });
  rig.provider.last.finish('r1', 'cancelled');
  const sent = rig.voxproc.sentMs(rate);
  await rig.ends(over, alice);
  rig.words.say(over, 'wait a minute who was it');
  await settle();
  assert.equal(rig.voxproc.sentMs(rate), sent, 'nothing of the cancelled answer plays any more');
  assert.equal(without(rig.asked).at(-1), 'respond q2 audio');
  assert.match(rig.asked.findLast((what) => what.startsWith('instructions')) ?? '', /They heard "Once upon a time/);
});

test('an “mm-hm” pauses the agent and lets it go on where it was', async () => {
  await using rig = await AgentRig.live({ words: 'asr' }, [alice]);
  const first = await rig.says(alice);
  rig.words.say(first, 'tell me a story');
  await settle();
  rig.provider.last.answer('r1', 'q1', { ms: 3000, finish: false });
  await settle();
  const over = await rig.begins(alice);
  rig.speaks(over, alice, 260);
  rig.words.say(over, 'mhm');
  await settle();
  assert.deepEqual(rig.voxproc.names.slice(-2), ['speech.pause', 'speech.resume']);
  assert.ok(!rig.asked.some((what) => what.startsWith('cancel')));
});

test('a second person who goes on does not hold up the answer to the first', async () => {
  await using rig = await AgentRig.live({ words: 'asr', guild: { addressing: 'always' } }, [alice, bob]);
  const bobs = await rig.begins(bob);
  rig.speaks(bobs, bob, 400);
  const alices = await rig.begins(alice);
  rig.speaks(alices, alice, 400);
  await rig.ends(alices, alice);
  rig.words.say(alices, 'what time is it');
  await rig.clock.run(1600, 100);
  await settle();
  assert.deepEqual(without(rig.asked), ['connected', 'begin', 'clear', 'begin', 'end t1', 'begin', 'respond q1 audio']);
});

test('an agent at rest hears nobody, and its sockets are closed; the recording is not touched', async () => {
  await using rig = await AgentRig.live();
  await rig.clock.run(301_000, 1000);
  assert.equal(rig.agent.state.resting, 'inactive');
  assert.equal(rig.provider.last.closed, true);
  assert.deepEqual(
    rig.said.map(({ kind, details }) => [kind, 'cause' in details ? details.cause : null]),
    [['agent_resting', 'inactive']],
  );
  await assert.rejects(rig.begins(alice), /no capture/);
  rig.voice.speakingStopped?.(alice);
  assert.ok(rig.agent.wake());
  await settle();
  assert.equal(rig.provider.sessions.length, 2);
  assert.ok(await rig.says(alice));
  assert.equal(rig.asked.at(-1), 'respond q1 audio');
});

test('where a recognizer on this host listens, the name alone wakes it, and what was said with it is answered', async () => {
  await using rig = await AgentRig.live({ words: 'local' });
  await rig.clock.run(301_000, 1000);
  await settle();
  assert.equal(rig.agent.state.resting, 'inactive');
  const other = await rig.says(alice);
  rig.words.say(other, 'what a nice day');
  await settle();
  assert.equal(rig.agent.state.resting, 'inactive');
  assert.equal(rig.provider.sessions.length, 1, 'nothing left this host');
  const called = await rig.says(alice);
  rig.words.say(called, 'parley what time is it');
  await settle();
  assert.equal(rig.agent.state.resting, null);
  assert.equal(rig.provider.sessions.length, 2);
  assert.equal(bytesOf(rig.asked), rate * 2, 'from its first sound on');
  assert.equal(rig.asked.at(-1), 'respond q1 audio');
});

test('a provider that breaks is told of once, and asked again when somebody speaks', async () => {
  await using rig = await AgentRig.live();
  rig.provider.connect = async () => Promise.reject(new Error('gone'));
  rig.provider.last.drop('dropped');
  await settle();
  await rig.says(alice);
  await rig.clock.run(11_000, 1000);
  await rig.says(alice);
  assert.deepEqual(
    rig.said.map(({ kind }) => kind),
    ['agent_silent'],
  );
  assert.ok(rig.gone > 0, 'another may take over');
  rig.provider.connect = async () => undefined;
  await rig.clock.run(11_000, 1000);
  await rig.says(alice);
  assert.deepEqual(
    rig.said.map(({ kind }) => kind),
    ['agent_silent', 'agent_back'],
  );
  assert.match(rig.asked.at(-1) ?? '', /^respond/);
});

test('in text-only mode the answer stands in the channel and nothing is said', async () => {
  await using rig = await AgentRig.live({ guild: { textOnlyMode: true } });
  await rig.says(alice);
  assert.equal(rig.asked.at(-1), 'respond q1 text');
  const { say } = rig.provider.last;
  say({ type: 'response_started', responseId: 'r1', requestId: 'q1' });
  say({ type: 'output_transcript', responseId: 'r1', itemId: 'i', text: 'It is ten o’clock.', final: true });
  rig.provider.last.finish('r1');
  await settle();
  assert.deepEqual(rig.said, [{ kind: 'agent_reply', details: { text: 'It is ten o’clock.' } }]);
  assert.ok(!rig.voxproc.names.includes('speech.begin'));
});

test('a tool is called for the person who spoke, answered once, and the model goes on', async () => {
  const calls: unknown[] = [];
  await using rig = await AgentRig.live({
    tools: {
      ready: Promise.resolve(),
      definitions: [{ name: 'who_is_here', description: 'who is here', parameters: {} }],
      call: async (call) => {
        calls.push(call);
        return { output: '["Alice"]', continues: true };
      },
      [Symbol.asyncDispose]: async () => undefined,
    },
  });
  await rig.says(alice);
  const { say } = rig.provider.last;
  say({ type: 'response_started', responseId: 'r1', requestId: 'q1' });
  say({ type: 'tool_call', responseId: 'r1', callId: 'c1', name: 'who_is_here', arguments: '{}' });
  rig.provider.last.finish('r1');
  await settle();
  assert.deepEqual(calls, [{ callId: 'c1', name: 'who_is_here', arguments: '{}', speakers: [alice] }]);
  assert.deepEqual(rig.asked.slice(-2), ['result c1 ["Alice"]', 'respond q2 audio']);
  rig.provider.last.answer('r2', 'q2', { ms: 100 });
  await settle();
  assert.equal(rig.voxproc.sentMs(rate), 100);
});

test('a budget that is exhausted puts the agent to rest, and says so', async () => {
  let up = false;
  await using rig = await AgentRig.live({
    budget: {
      usd: 5,
      refusal: () => (up ? { cap: 'session', usd: 5 } : null),
      spent: () => (up ? { cap: 'session', usd: 5 } : null),
    },
  });
  await rig.says(alice);
  up = true;
  rig.provider.last.answer('r1', 'q1', { ms: 100 });
  await settle();
  assert.equal(rig.agent.state.resting, 'budget_exhausted');
  assert.equal(rig.agent.wake(), false);
  assert.equal(rig.provider.last.closed, true);
});

test('each answer leaves its stages in the log, in milliseconds after the last sound, without a word of what was said', async () => {
  await using rig = await AgentRig.live();
  await rig.says(alice);
  rig.clock.advance(400);
  rig.provider.last.answer('r1', 'q1', { ms: 100 });
  await settle();
  rig.clock.advance(60);
  const { utteranceId } = rig.voxproc.audio[0] ?? { utteranceId: '' };
  rig.voice.playbackStarted?.({ utteranceId, at: 0, position: 0, trimmedMs: 40 });
  rig.voice.playbackFinished?.({ utteranceId, playedMs: 60, trimmedMs: 40, outcome: 'played' });
  const turn = rig.log.find(({ kind }) => kind === 'turn');
  assert.ok(turn?.kind === 'turn');
  assert.deepEqual(turn.data.stages, {
    speech_end: 0,
    capture_end: 480,
    request: 480,
    first_audio: 1100,
    first_packet: 1160,
  });
  assert.deepEqual([turn.data.leadingSilenceMs, turn.data.heardMs, turn.data.outcome], [40, 60, 'heard']);
  assert.deepEqual(rig.stages, ['capture_end', 'request', 'first_audio', 'first_packet']);
});

test('what is closed leaves no timer, and hears nothing', async () => {
  const rig = await AgentRig.live();
  await rig.says(alice);
  rig.provider.last.answer('r1', 'q1', { ms: 1000, finish: false });
  await settle();
  await rig.agent[Symbol.asyncDispose]();
  await rig.agent[Symbol.asyncDispose]();
  assert.equal(rig.clock.timers, 0);
  assert.equal(rig.provider.last.closed, true);
});

test('what cannot be paid for is not asked, and who asked is not left waiting', async () => {
  let up = false;
  await using rig = await AgentRig.live({
    budget: { usd: 0, refusal: () => (up ? { cap: 'guild_day', usd: 2 } : null), spent: () => null },
  });
  up = true;
  await rig.says(alice);
  assert.ok(!rig.asked.some((what) => what.startsWith('respond')));
  assert.equal(rig.agent.state.resting, 'budget_exhausted');
});

test('who was speaking when the agent went to rest is answered after it was woken', async () => {
  await using rig = await AgentRig.live();
  const captureId = await rig.begins(alice);
  rig.speaks(captureId, alice, 400);
  rig.agent.sendToRest();
  await rig.ends(captureId, alice);
  assert.ok(rig.agent.wake());
  await settle();
  await rig.says(alice);
  await rig.clock.run(2000, 100);
  assert.equal(rig.asked.at(-1), 'respond q1 audio');
});

test('a conversation that was closed says nothing more', async () => {
  await using rig = await AgentRig.live();
  await rig.says(alice);
  const old = rig.provider.last;
  rig.agent.sendToRest();
  rig.agent.wake();
  await settle();
  await rig.says(alice);
  old.answer('r1', 'q1', { ms: 100 });
  await settle();
  assert.ok(!rig.voxproc.names.includes('speech.begin'));
  rig.provider.last.answer('r1', 'q1', { ms: 100 });
  await settle();
  assert.ok(rig.voxproc.names.includes('speech.begin'));
});

test('a conversation that goes on over another socket is not told again what it was told', async () => {
  await using rig = await AgentRig.live();
  const captureId = await rig.begins(alice);
  rig.speaks(captureId, alice, 200);
  rig.provider.last.say({ type: 'ready', fresh: true });
  rig.speaks(captureId, alice, 200);
  await rig.ends(captureId, alice);
  assert.deepEqual(without(rig.asked), ['connected', 'begin', 'end t1', 'respond q1 audio']);
  assert.equal(bytesOf(rig.asked), (rate * 2 * 400) / 1000);
});

test('what was being said when the provider broke is said to the next conversation from its beginning', async () => {
  await using rig = await AgentRig.live();
  const captureId = await rig.begins(alice);
  rig.speaks(captureId, alice, 200);
  rig.provider.last.drop('dropped');
  rig.speaks(captureId, alice, 200);
  await rig.ends(captureId, alice);
  assert.equal(rig.provider.sessions.length, 1);
  await rig.clock.run(11_000, 1000);
  await settle();
  assert.equal(bytesOf(rig.asked), (rate * 2 * 400) / 1000);
  assert.equal(rig.asked.at(-1), 'respond q1 audio');
});

test('an agent that a moderator has muted falls silent, and answers again when it may', async () => {
  await using rig = await AgentRig.live();
  await rig.says(alice);
  rig.provider.last.answer('r1', 'q1', { ms: 1000, finish: false });
  await settle();
  rig.agent.muted(true);
  await settle();
  assert.ok(rig.voxproc.names.includes('speech.cancel'));
  rig.provider.last.finish('r1', 'cancelled');
  await rig.says(alice);
  assert.equal(rig.asked.filter((what) => what.startsWith('respond')).length, 1);
  assert.equal(rig.agent.say({ why: 'say', instructions: 'say hello', speakers: [] }), false);
  rig.agent.muted(false);
  await rig.says(alice);
  assert.equal(rig.asked.at(-1), 'respond q2 audio');
});

test('after a minute of silence an eager agent says something, unless somebody speaks before it does', async () => {
  await using rig = await AgentRig.live({ guild: { initiativeEagerness: 100 } });
  await rig.clock.run(50_000, 1000);
  assert.equal(rig.asked.at(-1), 'respond q1 audio');
  const captureId = await rig.begins(alice);
  rig.provider.last.answer('r1', 'q1', { ms: 500 });
  await settle();
  assert.ok(!rig.voxproc.names.includes('speech.begin'), 'it is stale');
  rig.speaks(captureId, alice, 500);
  await rig.ends(captureId, alice);
  assert.equal(rig.asked.at(-1), 'respond q2 audio');
});

test('one that was told to say something says it, whoever speaks', async () => {
  await using rig = await AgentRig.live();
  assert.ok(rig.agent.say({ why: 'say', instructions: 'say hello', speakers: [alice] }));
  await rig.begins(alice);
  rig.provider.last.answer('r1', 'q1', { ms: 500 });
  await settle();
  assert.ok(rig.voxproc.names.includes('speech.begin'));
});

test('words that are known only when somebody has finished still stop the agent that went on meanwhile', async () => {
  await using rig = await AgentRig.live({ words: 'asr' }, [alice, bob]);
  const first = await rig.says(alice);
  rig.words.say(first, 'parley tell me a story');
  await settle();
  rig.provider.last.answer('r1', 'q1', { ms: 8000, finish: false });
  await settle();
  const over = await rig.begins(alice);
  rig.speaks(over, alice, 500);
  await rig.ends(over, alice);
  await rig.clock.run(300, 20);
  assert.equal(rig.voxproc.names.at(-1), 'speech.resume');
  rig.words.say(over, 'parley tell me another one now');
  await settle();
  assert.ok(rig.voxproc.names.includes('speech.cancel'));
});

test('one that could not be connected while the session was taken up says so once it lives, and tries again', async () => {
  await using rig = new AgentRig();
  rig.provider.connect = async () => Promise.reject(new Error('gone'));
  rig.came(alice);
  await assert.rejects(rig.agent.connect(new AbortController().signal), /gone/);
  assert.deepEqual(rig.said, []);
  rig.agent.live();
  assert.deepEqual(
    rig.said.map(({ kind }) => kind),
    ['agent_silent'],
  );
  rig.provider.connect = async () => undefined;
  await rig.clock.run(11_000, 1000);
  await rig.says(alice);
  assert.equal(rig.asked.at(-1), 'respond q1 audio');
});
