import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AudioFormat, CommitStrategy, ElevenLabsClient, RealtimeEvents } from '@elevenlabs/elevenlabs-js';
import { ElevenLabsServer } from '../../providers/elevenlabs/elevenlabs-server.ts';
import { phraseNamed } from '../../providers/shared/phrases.ts';

const first = phraseNamed('ada-1');

test("ElevenLabs' own client has the simulator understand speech while it is spoken", async () => {
  await using server = await ElevenLabsServer.start();
  const client = new ElevenLabsClient({ apiKey: 'xi-test', baseUrl: server.baseUrl });
  const connection = await client.speechToText.realtime.connect({
    modelId: 'scribe_v2_realtime',
    audioFormat: AudioFormat.PCM_16000,
    sampleRate: 16_000,
    commitStrategy: CommitStrategy.MANUAL,
  });
  const started = Promise.withResolvers<void>();
  const understood = Promise.withResolvers<string>();
  connection.on(RealtimeEvents.ERROR, (error) => understood.reject(error));
  connection.on(RealtimeEvents.SESSION_STARTED, () => started.resolve());
  connection.on(RealtimeEvents.COMMITTED_TRANSCRIPT, ({ text }) => understood.resolve(text));
  await started.promise;
  connection.send({ audioBase64: Buffer.alloc(32_000).toString('base64') });
  connection.commit();
  assert.equal(await understood.promise, first.text);
  assert.deepEqual(server.complaints, []);
  connection.close();
  await server.latest.untilEnded();
});

test("ElevenLabs' own client has the simulator speak, and is told that its key is wrong", async () => {
  await using server = await ElevenLabsServer.start();
  const speak = async (apiKey: string): Promise<Buffer> => {
    const client = new ElevenLabsClient({ apiKey, baseUrl: server.baseUrl, maxRetries: 0 });
    const stream = await client.textToSpeech.stream('voice', { text: first.text, outputFormat: 'pcm_24000' });
    const pieces: Uint8Array[] = [];
    for await (const piece of stream) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  assert.ok((await speak('xi-test')).equals(first.pcm(24_000)));
  await assert.rejects(speak('xi-wrong'), /invalid_api_key|401/);
});
