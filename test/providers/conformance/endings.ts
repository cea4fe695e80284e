import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from './bench.ts';
import type { MakeRig } from './conformance.ts';

/** How responses and conversations end when something goes wrong. */
export const endings = (name: string, makeRig: MakeRig): void => {
  test(`${name}: a socket that breaks in the middle of an answer ends the answer and the conversation, once each`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    rig.failNext({ kind: 'drop', at: 0.5 });
    bench.ask();
    const closed = await bench.ear.until('closed');
    assert.deepEqual([closed.code, closed.retryable], ['dropped', true]);
    assert.equal(bench.ear.all('response_finished')[0]?.status, 'failed');
    assert.ok(bench.ear.pcm.length > 0);
    assert.deepEqual(bench.ear.warnings, ['dropped'], 'the code of a failed answer is told before');
  });

  test(`${name}: a conversation disposed of in the middle of an answer ends both, once each`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    rig.failNext({ kind: 'stall_midway' });
    bench.ask();
    await bench.ear.until('audio');
    await bench.session[Symbol.asyncDispose]();
    assert.equal(bench.ear.all('response_finished')[0]?.status, 'cancelled');
  });

  test(`${name}: a socket the provider closes is dropped, one it closes for want of money is not retried`, async () => {
    for (const [reason, code] of [
      ['', 'dropped'],
      ['session_expired', 'session_expired'],
      ['error: insufficient_quota', 'quota_exhausted'],
    ] as const) {
      const rig = await makeRig();
      await using bench = await Bench.connected(rig);
      rig.closeAll(4000, reason);
      const closed = await bench.ear.until('closed');
      assert.equal(closed.code, code);
      assert.equal(closed.retryable, code !== 'quota_exhausted');
    }
  });

  test(`${name}: an answer that fails is told with its code, and the conversation goes on`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    if (rig.without.includes('failed')) return;
    rig.failNext({ kind: 'failed', code: 'server_error' });
    bench.ask();
    assert.equal((await bench.ear.until('response_finished')).status, 'failed');
    assert.deepEqual(bench.ear.warnings, ['server_error']);
    bench.ask();
    assert.equal((await bench.ear.until('response_finished', 2)).status, 'completed');
  });

  test(`${name}: a request that is refused is an answer that fails, and the conversation goes on`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    if (rig.without.includes('error')) return;
    rig.failNext({ kind: 'error', code: 'invalid_value' });
    const requestId = bench.ask();
    assert.equal((await bench.ear.until('response_finished')).status, 'failed');
    assert.equal(bench.ear.all('response_started')[0]?.requestId, requestId);
    bench.ask();
    assert.equal((await bench.ear.until('response_finished', 2)).status, 'completed');
  });

  for (const [code, end] of [
    ['insufficient_quota', 'quota_exhausted'],
    ['invalid_api_key', 'key_refused'],
    ['model_not_found', 'model_unknown'],
  ] as const) {
    test(`${name}: ${code} ends the conversation for good, whichever way it is told`, async () => {
      for (const kind of ['failed', 'error'] as const) {
        const rig = await makeRig();
        await using bench = await Bench.connected(rig);
        if (rig.without.includes(kind)) continue;
        rig.failNext({ kind, code });
        bench.ask();
        const closed = await bench.ear.until('closed');
        assert.deepEqual([closed.code, closed.retryable], [end, false]);
      }
    });
  }

  test(`${name}: what cannot be read is named and left out; twenty in a row end the conversation`, async () => {
    for (const [failure, code] of [
      [{ kind: 'garbage', count: 3 }, null],
      [{ kind: 'garbage', count: 20 }, 'garbage'],
      [{ kind: 'bad_audio', how: 'base64', count: 2 }, null],
      [{ kind: 'bad_audio', how: 'odd', count: 2 }, null],
    ] as const) {
      const rig = await makeRig();
      await using bench = await Bench.connected(rig);
      rig.failNext(failure);
      bench.ask();
      if (code === null) {
        assert.equal((await bench.ear.until('response_finished')).status, 'completed');
        assert.deepEqual(
          bench.ear.warnings,
          Array.from({ length: failure.count }, () => 'garbage'),
        );
      } else {
        assert.equal((await bench.ear.until('closed')).code, code);
      }
    }
  });
};
