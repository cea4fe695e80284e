import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { muxRecording, recordingLayout, transcriptSchema } from '@parley/mux';
import { RecordingBuilder, TempFolder, tonePackets } from '@parley/mux/testing';
import { transcribeCliPath } from '../../../packages/bot/src/transcripts/cli-path.ts';
import { type JobConfig, jobVariable } from '../../../packages/bot/src/transcripts/job/job-config.ts';
import { OpenAiServer } from '../../providers/openai-server.ts';

const second = 48_000;
const people = ['1', '2', '3', '4'];

/** Four people, each a tone of a second: one request each. */
const record = async (folder: string) => {
  const builder = new RecordingBuilder(folder);
  for (const [n, userId] of people.entries()) {
    builder.person({ userId, displayName: `Person ${userId}` });
    const packets = tonePackets({ frequency: 300 + n, levelDb: -12 }, second);
    builder.segment({ userId, startSample: (1 + 4 * n) * second, packets });
  }
  builder.end(20 * second);
  await muxRecording(folder, { only: 'tracks' });
  builder.writeSession({ status: 'completed', durationMs: 20_000 });
  return recordingLayout(folder);
};

test('a transcription that is killed goes on where it was: what it has heard is not paid for again', async () => {
  using temp = new TempFolder();
  await using server = await OpenAiServer.start();
  const layout = await record(temp.file('r'));
  const config: JobConfig = {
    engine: {
      ...{ provider: 'openai', baseUrl: server.baseUrl, model: null, apiKey: 'sk-test', language: null },
      ...{ concurrency: 1, program: null },
    },
    ...{ without: [], budget: { day: null, recording: null }, brain: null },
  };
  const start = () => {
    const child = spawn(process.execPath, [transcribeCliPath, layout.root], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, [jobVariable]: JSON.stringify(config) },
    });
    const said: string[] = [];
    child.stdout.on('data', (text: Buffer) => said.push(text.toString()));
    return { child, ended: once(child, 'close'), lines: () => said.join('') };
  };
  const answered = { kind: 'slow', until: Promise.resolve() } as const;
  server.failNext(answered, answered, { kind: 'stall' });
  const killed = start();
  while (server.stalled === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  killed.child.kill('SIGKILL');
  await killed.ended;
  assert.equal(killed.lines().match(/"paid"/g)?.length, 2);
  assert.equal(server.requests, 3);

  const next = start();
  const [code] = await next.ended;
  assert.equal(code, 0, next.lines());
  assert.equal(server.requests, 5, 'the two that were not heard');
  const { segments } = transcriptSchema.parse(JSON.parse(readFileSync(layout.transcript, 'utf8')));
  assert.deepEqual(
    segments.map(({ userId }) => userId),
    people,
  );
});
