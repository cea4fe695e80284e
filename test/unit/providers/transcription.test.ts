import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { OpenAiTranscriber } from '../../../packages/bot/src/agent/provider/transcribe/openai-transcriber.ts';
import type { TranscriberEvent, TranscriberSession } from '../../../packages/bot/src/agent/provider/transcriber.ts';
import { until } from '../../providers/conformance/bench.ts';
import { startOpenAiRealtime } from '../../providers/realtime/openai-realtime.ts';
import type { RealtimeServer, RealtimeServerOptions } from '../../providers/realtime/realtime-server.ts';
import { phraseNamed } from '../../providers/shared/phrases.ts';

const never = new AbortController().signal;
const config = {
  model: 'gpt-4o-mini-transcribe',
  language: 'en',
  prompt: 'castle',
  noiseReduction: 'near_field',
} as const;

class Rig implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly events: TranscriberEvent[] = [];
  readonly warnings: string[] = [];
  readonly server: RealtimeServer;
  readonly session: TranscriberSession;

  private constructor(server: RealtimeServer, apiKey: string) {
    this.server = server;
    const { clock } = this;
    const transcriber = new OpenAiTranscriber({
      ...{ baseUrl: server.baseUrl, apiKey, clock },
      warn: (code) => void this.warnings.push(code),
    });
    assert.equal(transcriber.rate, 24_000);
    this.session = transcriber.open(config, (event) => void this.events.push(event));
  }

  static async start(options: RealtimeServerOptions = {}, apiKey = 'sk-test'): Promise<Rig> {
    return new Rig(await startOpenAiRealtime(options), apiKey);
  }

  /** A piece of so many milliseconds. @returns its id */
  say(ms: number): string {
    for (let at = 0; at < ms; at += 20) this.session.append(new Uint8Array(960).fill(1));
    return this.session.commit();
  }

  get finals(): readonly (readonly [string, string])[] {
    return this.events.flatMap((event) => (event.type === 'final' ? [[event.id, event.transcript.text] as const] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using _server = this.server;
    await this.session[Symbol.asyncDispose]();
    await until(() => this.server.server.held === 0);
    assert.equal(this.clock.timers, 0, 'a timer is left');
    assert.equal(this.events.filter(({ type }) => type === 'closed').length, 1, 'there is one end');
  }
}

test('pieces become text, with partials, confidence and cost, by the configuration that was given', async () => {
  await using rig = await Rig.start();
  await rig.session.connect(never);
  const id = rig.say(1_000);
  await until(() => rig.finals.length === 1);
  const { text } = phraseNamed('ada-1');
  assert.deepEqual(rig.events[0], { type: 'partial', id, text: 'good' });
  assert.deepEqual(rig.events.at(-1), {
    type: 'final',
    id,
    transcript: {
      text,
      confidence: -0.25,
      usage: { per: 'token', inputTextTokens: 0, inputAudioTokens: 10, outputTextTokens: text.split(' ').length },
    },
  });
  assert.equal(rig.server.latest.visit.query.get('intent'), 'transcription');
  assert.deepEqual(rig.server.latest.received[0], {
    type: 'session.update',
    session: {
      type: 'transcription',
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: 24_000 },
          noise_reduction: { type: 'near_field' },
          turn_detection: null,
          transcription: { model: 'gpt-4o-mini-transcribe', language: 'en', prompt: 'castle' },
        },
      },
      include: ['item.input_audio_transcription.logprobs'],
    },
  });
  assert.deepEqual(rig.server.complaints, []);
});

test('finals come in the order of the commits, whatever the provider’s order', async () => {
  await using rig = await Rig.start({ scenario: { hear: ({ number }) => `piece ${number}` } });
  rig.server.switches.transcriptsReversed = true;
  await rig.session.connect(never);
  const [one, two] = [rig.say(200), rig.say(200)];
  await until(() => rig.finals.length === 2);
  assert.deepEqual(rig.finals, [
    [one, 'piece 1'],
    [two, 'piece 2'],
  ]);
});

test('what is said before there is a socket is kept; of more than 10 s the oldest is dropped, and that is told', async () => {
  const lengths: number[] = [];
  await using rig = await Rig.start({
    scenario: {
      hear: ({ audioMs }) => {
        lengths.push(audioMs);
        return 'something';
      },
    },
  });
  const first = rig.say(4_000);
  const second = rig.say(8_000);
  await rig.session.connect(never);
  await until(() => rig.finals.length === 2);
  assert.deepEqual(
    rig.finals.map(([id]) => id),
    [first, second],
  );
  assert.deepEqual(lengths, [2_000, 8_000]);
  assert.deepEqual(rig.warnings, ['audio_dropped']);
});

test('a piece taken back is not committed, one of nothing fails at once and holds nobody up', async () => {
  await using rig = await Rig.start();
  await rig.session.connect(never);
  rig.session.append(new Uint8Array(48_000));
  rig.session.clear();
  const nothing = rig.session.commit();
  const something = rig.say(500);
  await until(() => rig.finals.length === 1);
  assert.deepEqual(
    rig.events.flatMap((event) => (event.type === 'failed' ? [[event.id, event.code]] : [])),
    [[nothing, 'no_audio']],
  );
  assert.equal(rig.finals[0]?.[0], something);
});

test('a piece that cannot be understood fails, one that is never answered too, and the next ones are told', async () => {
  let number = 0;
  await using rig = await Rig.start({
    scenario: {
      hear: () => {
        number += 1;
        return number === 1 ? null : 'something';
      },
    },
  });
  await rig.session.connect(never);
  const bad = rig.say(200);
  await until(() => rig.events.length === 1);
  assert.deepEqual(rig.events[0], {
    ...{ type: 'failed', id: bad, code: 'audio_unintelligible', message: 'The audio could not be transcribed.' },
  });
  rig.server.switches.transcriptsWithheld = true;
  const lost = rig.say(200);
  await rig.server.latest.untilType('input_audio_buffer.commit', 2);
  rig.server.switches.transcriptsWithheld = false;
  const good = rig.say(200);
  await rig.server.latest.untilType('input_audio_buffer.commit', 3);
  await settle();
  assert.deepEqual(rig.finals, []);
  rig.clock.advance(15_000);
  await until(() => rig.finals.length === 1);
  assert.deepEqual(
    rig.events.flatMap((event) => (event.type === 'failed' ? [event.id] : [])),
    [bad, lost],
  );
  assert.equal(rig.finals[0]?.[0], good);
});

test('a socket that understands three long pieces in a row as nothing is replaced, and what is said meanwhile is kept', async () => {
  let deaf = true;
  await using rig = await Rig.start({ scenario: { hear: () => (deaf ? '' : 'I hear you') } });
  await rig.session.connect(never);
  for (let n = 1; n <= 3; n += 1) {
    rig.say(n === 2 ? 1_000 : 1_500);
    await until(() => rig.finals.length === n);
  }
  assert.deepEqual(rig.warnings, ['deaf']);
  deaf = false;
  const id = rig.say(1_000);
  await until(() => rig.finals.length === 4);
  assert.deepEqual(rig.finals.at(-1), [id, 'I hear you']);
  assert.equal(rig.server.connections.length, 2);
  await rig.server.connections[0]?.untilEnded();
  assert.equal(rig.events.filter(({ type }) => type === 'closed').length, 0);
});

test('short pieces and pieces with words between them do not make a socket deaf', async () => {
  const said = ['', '', 'word', '', '', ''];
  await using rig = await Rig.start({ scenario: { hear: ({ number }) => said[number - 1] ?? '' } });
  await rig.session.connect(never);
  for (let n = 1; n <= 6; n += 1) rig.say(n === 6 ? 500 : 1_500);
  await until(() => rig.finals.length === 6);
  assert.deepEqual(rig.warnings, []);
  assert.equal(rig.server.connections.length, 1);
});

test('a socket that breaks fails what is open and ends, once', async () => {
  await using rig = await Rig.start();
  rig.server.switches.transcriptsWithheld = true;
  await rig.session.connect(never);
  const id = rig.say(500);
  await rig.server.latest.untilType('input_audio_buffer.commit');
  rig.server.latest.drop();
  await until(() => rig.events.length === 2);
  assert.deepEqual(
    rig.events.map((event) => [event.type, 'id' in event ? event.id : null, 'code' in event ? event.code : null]),
    [
      ['failed', id, 'dropped'],
      ['closed', null, 'dropped'],
    ],
  );
  const late = rig.say(500);
  assert.deepEqual(rig.events.at(-1), {
    ...{ type: 'failed', id: late, code: 'closed', message: 'the transcription is closed' },
  });
});

test('a wrong key, a host that hangs and one that closes are told as codes', async () => {
  await using wrong = await Rig.start({}, 'sk-wrong');
  await assert.rejects(wrong.session.connect(never), { code: 'key_refused', retryable: false });
  await using hanging = await Rig.start();
  hanging.server.refuseNext({ kind: 'hang' });
  const connecting = assert.rejects(hanging.session.connect(never), { code: 'unreachable' });
  await until(() => hanging.server.server.held === 1);
  await hanging.clock.run(10_000);
  await connecting;
  await using disposed = await Rig.start();
  await disposed.session[Symbol.asyncDispose]();
});
