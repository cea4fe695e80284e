import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { ElevenLabsTranscriber } from '../../../packages/bot/src/agent/provider/elevenlabs/elevenlabs-transcriber.ts';
import type { TranscriberEvent, TranscriberSession } from '../../../packages/bot/src/agent/provider/transcriber.ts';
import { until } from '../../providers/conformance/bench.ts';
import { ElevenLabsServer, type ElevenLabsServerOptions } from '../../providers/elevenlabs/elevenlabs-server.ts';
import { phraseNamed } from '../../providers/shared/phrases.ts';

const never = new AbortController().signal;
const config = { model: 'scribe_v2_realtime', language: 'en', prompt: '', noiseReduction: 'near_field' } as const;
const [one, two] = [phraseNamed('ada-1').text, phraseNamed('ada-2').text];

class Rig implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly events: TranscriberEvent[] = [];
  readonly warnings: string[] = [];
  readonly server: ElevenLabsServer;
  readonly session: TranscriberSession;

  private constructor(server: ElevenLabsServer, apiKey: string, model: string) {
    this.server = server;
    const options = { baseUrl: server.baseUrl, apiKey, clock: this.clock };
    const transcriber = new ElevenLabsTranscriber({ ...options, warn: (code) => void this.warnings.push(code) });
    this.session = transcriber.open({ ...config, model }, (event) => void this.events.push(event));
  }

  static async start(
    options: ElevenLabsServerOptions = {},
    apiKey = 'xi-test',
    model: string = config.model,
  ): Promise<Rig> {
    return new Rig(await ElevenLabsServer.start(options), apiKey, model);
  }

  /** Speech of so many milliseconds. */
  speak(ms: number): void {
    for (let at = 0; at < ms; at += 20) this.session.append(new Uint8Array(640).fill(1));
  }

  /** A piece of so many milliseconds. @returns its id */
  say(ms: number): string {
    this.speak(ms);
    return this.session.commit();
  }

  /** What became of pieces, in order. */
  get ends(): readonly (readonly [string, string])[] {
    return this.events.flatMap((event) => {
      if (event.type === 'final') return [[event.id, event.transcript.text] as const];
      return event.type === 'failed' ? [[event.id, event.code] as const] : [];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using _server = this.server;
    await this.session[Symbol.asyncDispose]();
    await until(() => this.server.server.held === 0);
    assert.equal(this.clock.timers, 0, 'a timer is left');
    assert.equal(this.events.filter(({ type }) => type === 'closed').length, 1, 'there is one end');
  }
}

test('pieces become text in their order, with partials and what they cost, by the configuration that was given', async () => {
  await using rig = await Rig.start();
  await rig.session.connect(never);
  const ids = [rig.say(1_000), rig.say(600)];
  await until(() => rig.ends.length === 2);
  assert.deepEqual(rig.ends, [
    [ids[0], one],
    [ids[1], two],
  ]);
  const partial = rig.events.find(({ type }) => type === 'partial');
  assert.deepEqual(partial, { type: 'partial', id: ids[0], text: one.split(' ').slice(0, 2).join(' ') });
  const final = rig.events.find((event) => event.type === 'final');
  assert.deepEqual(final?.transcript.usage, { per: 'second', seconds: 1 });
  const { path, query, headers } = rig.server.latest.visit;
  assert.equal(path, '/v1/speech-to-text/realtime');
  assert.deepEqual(Object.fromEntries(query), {
    ...{ model_id: 'scribe_v2_realtime', commit_strategy: 'manual', audio_format: 'pcm_16000', language_code: 'en' },
  });
  assert.equal(headers['xi-api-key'], 'xi-test');
  assert.deepEqual(rig.server.scribes[0]?.committed, [1_000, 600]);
  assert.deepEqual(rig.server.complaints, []);
});

test('what is said before there is a socket is said to it as soon as it has started', async () => {
  await using rig = await Rig.start();
  const id = rig.say(1_000);
  rig.speak(500);
  await rig.session.connect(never);
  const next = rig.session.commit();
  await until(() => rig.ends.length === 2);
  assert.deepEqual(rig.ends, [
    [id, one],
    [next, two],
  ]);
  assert.deepEqual(rig.server.scribes[0]?.committed, [1_000, 500]);
});

test('a short piece is made long enough to be taken, one of nothing fails', async () => {
  await using rig = await Rig.start();
  await rig.session.connect(never);
  const [short, nothing] = [rig.say(100), rig.session.commit()];
  await until(() => rig.ends.length === 2);
  assert.deepEqual(rig.ends, [
    [short, one],
    [nothing, 'no_audio'],
  ]);
  assert.deepEqual(rig.server.scribes[0]?.committed, [300]);
});

test('what is taken back is understood for nobody, and no other piece gets its words', async () => {
  await using rig = await Rig.start();
  await rig.session.connect(never);
  rig.speak(400);
  rig.session.clear();
  const id = rig.say(1_000);
  await until(() => rig.ends.length === 1);
  assert.deepEqual(rig.ends, [[id, two]]);
});

test('an error of a piece is told of the piece, and the next one goes well', async () => {
  await using rig = await Rig.start();
  await rig.session.connect(never);
  rig.server.scribeSwitches.error = 'transcriber_error';
  const failed = rig.say(1_000);
  await until(() => rig.ends.length === 1);
  rig.server.scribeSwitches.error = null;
  const id = rig.say(1_000);
  await until(() => rig.ends.length === 2);
  assert.deepEqual(rig.ends, [
    [failed, 'transcriber_error'],
    [id, two],
  ]);
});

test('a socket that refuses, or that has run out, says why and whether another may do', async () => {
  for (const [error, code, retryable] of [
    ['quota_exceeded', 'quota_exhausted', false],
    ['auth_error', 'key_refused', false],
    ['session_time_limit_exceeded', 'session_expired', true],
    ['queue_overflow', 'rate_limited', true],
  ] as const) {
    await using rig = await Rig.start();
    await rig.session.connect(never);
    rig.server.scribeSwitches.error = error;
    const id = rig.say(1_000);
    await until(() => rig.events.some(({ type }) => type === 'closed'));
    assert.deepEqual(rig.ends, [[id, code]]);
    const closed = rig.events.at(-1);
    assert.deepEqual([closed?.type, closed?.type === 'closed' && closed.code], ['closed', code]);
    assert.equal(closed?.type === 'closed' && closed.retryable, retryable);
  }
});

test('a wrong key, a model that does not exist and silence in place of a start are named', async () => {
  {
    await using rig = await Rig.start({}, 'xi-wrong');
    await assert.rejects(rig.session.connect(never), { code: 'key_refused', retryable: false });
  }
  {
    await using rig = await Rig.start({}, 'xi-test', 'whisper');
    await assert.rejects(rig.session.connect(never), { code: 'bad_config', retryable: false });
  }
  await using rig = await Rig.start();
  rig.server.scribeSwitches.starts = false;
  const connecting = rig.session.connect(never);
  connecting.catch(() => undefined);
  await until(() => rig.server.connections.length === 1);
  await settle();
  rig.clock.advance(10_000);
  await assert.rejects(connecting, { code: /not_ready|unreachable/ });
});
