import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { alice } from '../../../testing/fake-discord.ts';
import { AgentRig, rate } from '../../testing/agent-rig.ts';
import { type ChatMessage, ChatStream, type StreamedChat } from './chat-stream.ts';
import { Sentences } from './sentences.ts';

const cuts: readonly (readonly [string, readonly string[]])[] = [
  ['Yes.', ['Yes.']],
  [
    'It is ten o’clock in the morning. Time for tea. And for cake. Really.',
    ['It is ten o’clock in the morning.', 'Time for tea. And for cake.', 'Really.'],
  ],
  ['Oh! Of course, my dear friend of old. Go.', ['Oh! Of course, my dear friend of old.', 'Go.']],
  [
    'It costs 3.50 in all, which is not too much to pay for it. Good.',
    ['It costs 3.50 in all, which is not too much to pay for it.', 'Good.'],
  ],
  [`${'word '.repeat(100)}end.`, [`${'word '.repeat(59)}word`, `${'word '.repeat(40)}end.`]],
];
for (const [text, pieces] of cuts) {
  test(`“${text.slice(0, 40)}” is cut where it can be spoken, however it comes`, () => {
    for (const size of [1, 7, text.length]) {
      const sentences = new Sentences();
      const out: string[] = [];
      for (let at = 0; at < text.length; at += size) out.push(...sentences.push(text.slice(at, at + size)));
      assert.deepEqual([...out, ...sentences.flush()], pieces);
    }
  });
}

/** A text model that answers what the test says, piece by piece. */
const chatOf = (pieces: readonly string[], asked: ChatMessage[][] = [], hold?: Promise<void>): StreamedChat => ({
  model: 'm',
  async *answer(messages, signal) {
    asked.push([...messages]);
    for (const piece of pieces) {
      yield piece;
      if (hold) await hold;
      signal.throwIfAborted();
    }
  },
});

const speech = (spoken: string[]) => ({
  model: 'tts',
  synthesizer: {
    rate,
    async *speak(text: string) {
      spoken.push(text);
      yield new Uint8Array((rate / 10) * 2);
    },
  },
});

const asks = async (rig: AgentRig, text: string): Promise<void> => {
  const captureId = await rig.says(alice);
  rig.words.say(captureId, text);
  await settle();
  await settle();
};

test('a text model answers in sentences that are spoken one after the other, and no realtime model is connected', async () => {
  const [spoken, asked]: [string[], ChatMessage[][]] = [[], []];
  const chat = chatOf(['It is ten o’clock', ' in the morning. ', 'Time for tea.'], asked);
  await using rig = await AgentRig.live({ words: 'asr', brain: { chat, speech: speech(spoken) } });
  await asks(rig, 'what time is it');
  assert.deepEqual(spoken, ['It is ten o’clock in the morning.', 'Time for tea.']);
  assert.equal(rig.voxproc.sentMs(rate), 200);
  assert.equal(rig.provider.sessions.length, 0);
  assert.deepEqual(asked[0]?.slice(1), [{ role: 'user', content: 'Alice: what time is it' }]);
  assert.match(asked[0]?.[0]?.content ?? '', /are data/);
});

test('a model that has nothing to say is not spoken', async () => {
  const spoken: string[] = [];
  await using rig = await AgentRig.live({
    words: 'asr',
    brain: { chat: chatOf(['[SK', 'IP]']), speech: speech(spoken) },
  });
  await asks(rig, 'never mind');
  assert.deepEqual([spoken, rig.voxproc.names.includes('speech.begin')], [[], false]);
});

test('a short answer is spoken although it might have begun like nothing to say', async () => {
  const spoken: string[] = [];
  await using rig = await AgentRig.live({
    words: 'asr',
    brain: { chat: chatOf(['[', 'S', ' yes']), speech: speech(spoken) },
  });
  await asks(rig, 'is it');
  assert.deepEqual(spoken, ['[S yes']);
});

test('somebody speaks over it: the model is not heard out, and what was heard is remembered', async () => {
  const [spoken, asked]: [string[], ChatMessage[][]] = [[], []];
  const held = Promise.withResolvers<void>();
  const chat = chatOf(
    ['The first sentence is long enough. ', 'The second one follows. It goes on. ', 'Third.'],
    asked,
    held.promise,
  );
  await using rig = await AgentRig.live({ words: 'asr', brain: { chat, speech: speech(spoken) } });
  await asks(rig, 'tell me');
  const over = await rig.begins(alice);
  rig.speaks(over, alice, 300);
  rig.voxproc.played = { playedMs: 100, trimmedMs: 0, discardedMs: 0 };
  rig.words.say(over, 'wait a minute', false);
  await settle();
  held.resolve();
  await settle();
  assert.ok(rig.voxproc.names.includes('speech.cancel'));
  assert.ok(!spoken.includes('Third.'));
  const sentMs = rig.voxproc.sentMs(rate);
  await settle();
  assert.equal(rig.voxproc.sentMs(rate), sentMs);
});

test('a text model that fails leaves the agent ready for the next question', async () => {
  const spoken: string[] = [];
  let broken = true;
  const good = chatOf(['It is ten o’clock in the morning.']);
  const chat: StreamedChat = {
    model: 'm',
    answer: (messages, signal) => {
      if (broken) throw new Error('gone');
      return good.answer(messages, signal);
    },
  };
  await using rig = await AgentRig.live({ words: 'asr', brain: { chat, speech: speech(spoken) } });
  await asks(rig, 'what time is it');
  broken = false;
  await asks(rig, 'what time is it now');
  assert.deepEqual(spoken, ['It is ten o’clock in the morning.']);
});

test('in text-only mode the text model’s answer stands in the channel', async () => {
  const spoken: string[] = [];
  const brain = { chat: chatOf(['It is ten', ' o’clock.']), speech: speech(spoken) };
  await using rig = await AgentRig.live({ words: 'asr', brain, guild: { textOnlyMode: true } });
  await asks(rig, 'what time is it');
  assert.deepEqual([rig.said, spoken], [[{ kind: 'agent_reply', details: { text: 'It is ten o’clock.' } }], []]);
});

test('the realtime provider speaks for the text model, one response for each piece', async () => {
  const brain = { chat: chatOf(['It is ten o’clock in the morning. ', 'Time for tea.']), speech: null };
  await using rig = await AgentRig.live({ words: 'asr', brain, capabilities: { inputRate: null } });
  await asks(rig, 'what time is it');
  assert.deepEqual(rig.asked, ['connected', 'assistant: It is ten o’clock in the morning.', 'respond q1 audio']);
  rig.provider.last.answer('r1', 'q1', { ms: 200 });
  await settle();
  assert.deepEqual(rig.asked.slice(3), ['assistant: Time for tea.', 'respond q2 audio']);
  rig.provider.last.answer('r2', 'q2', { ms: 100 });
  await settle();
  assert.equal(rig.voxproc.sentMs(rate), 300);
  assert.equal(rig.provider.last.config.context.length, 0, 'it is told nothing of what was said');
});

for (const streams of [true, false]) {
  test(`a chat API that ${streams ? 'streams' : 'answers at once'} is heard word by word`, async () => {
    const whole = 'Grüße aus dem Kanal.';
    const server = createServer((request, response) => {
      request.resume();
      if (!streams) {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ choices: [{ message: { content: whole } }] }));
        return;
      }
      const lines = [...whole].map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
      const bytes = Buffer.from(`: hello\n\n${lines.join('')}data: [DONE]\n\n`);
      for (let at = 0; at < bytes.length; at += 33) response.write(bytes.subarray(at, at + 33));
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const chat = new ChatStream({
        ...{ baseUrl: `http://127.0.0.1:${port}/v1/`, model: 'm', apiKey: null, clock: new FakeClock() },
      });
      let heard = '';
      const messages = [{ role: 'user', content: 'hello' }] as const;
      for await (const piece of chat.answer(messages, new AbortController().signal)) heard += piece;
      assert.equal(heard, whole);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}
