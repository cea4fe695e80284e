import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '@parley/protocol';
import { pino } from 'pino';
import { KeptCapture } from '../../packages/bot/src/agent/hearing/kept-capture.ts';
import { findPocketsphinx } from '../../packages/bot/src/agent/hearing/words/find-pocketsphinx.ts';
import { PocketsphinxWords } from '../../packages/bot/src/agent/hearing/words/pocketsphinx-words.ts';
import { findCall } from '../../packages/bot/src/agent/turns/wake-name.ts';
import { readWav } from '../../scripts/lib/wav.ts';
import { need } from '../lib/need.ts';

/** flite's voice slt: “hello parley, what time is it” and “we could go to the cinema tonight”. */
const folder = join(import.meta.dirname, '../fixtures/talk');

test(
  'a recognizer on this host finds the name in speech, and does not find it where it is not said',
  need('pocketsphinx_continuous'),
  async () => {
    const found = findPocketsphinx();
    assert.ok(found);
    const clock = systemClock;
    await using words = new PocketsphinxWords({
      ...{ ...found, clock, logger: pino({ level: 'silent' }), names: () => ['Parley', 'Xyzzyqux'] },
    });
    const understood = async (name: string): Promise<string> => {
      const { samples, sampleRate } = readWav(await readFile(join(folder, `${name}.wav`)));
      const capture = new KeptCapture({ captureId: name, userId: 'ada', rate: sampleRate, maxMs: 30_000 });
      const heard = Promise.withResolvers<string>();
      words.follow(capture, (said, final) => {
        if (final) heard.resolve(said);
      });
      const pcm = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      for (let at = 0; at < pcm.length; at += 640) capture.add(pcm.subarray(at, at + 640));
      capture.end();
      return await heard.promise;
    };
    const called = await understood('called');
    assert.equal(findCall(called, ['Parley'], true), 'start', called);
    const other = await understood('other');
    assert.equal(findCall(other, ['Parley'], true), null, other);
  },
);
