import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { phraseNamed, phrases } from '../shared/phrases.ts';
import { Bench, until } from './bench.ts';
import type { MakeRig } from './conformance.ts';

const first = phrases[0] ?? phraseNamed('ada-1');

/** How a conversation goes. */
export const answers = (name: string, makeRig: MakeRig): void => {
  test(`${name}: a turn is heard and answered with speech, each event once and in order`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    const { capabilities } = bench.provider;
    const requestId = bench.ask();
    const { status, usage } = await bench.ear.until('response_finished');
    assert.equal(status, 'completed');
    assert.equal(bench.ear.all('response_started')[0]?.requestId, requestId);
    assert.ok(bench.ear.pcm.equals(first.pcm(capabilities.outputRate)), 'the speech is whole');
    assert.equal(bench.ear.all('audio')[0]?.rate, capabilities.outputRate);
    const said = bench.ear.all('output_transcript').filter(({ final }) => final);
    assert.deepEqual(
      said.map(({ text }) => text),
      [first.text],
    );
    assert.ok(usage.outputAudioTokens + usage.characters > 0, 'it is told what it cost');
    assert.equal(rig.heardBytes(), (capabilities.inputRate ?? 0) * 2);
    assert.deepEqual(bench.ear.warnings, []);
    assert.deepEqual(rig.complaints(), []);
  });

  test(`${name}: what was understood of a turn names the turn`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    if (!bench.provider.capabilities.transcribesInput) return;
    const turnId = bench.ask();
    await bench.ear.until('response_finished');
    const finals = bench.ear.all('input_transcript').filter(({ final }) => final);
    assert.equal(finals.length, 1);
    assert.equal(finals[0]?.text, first.text);
    assert.notEqual(turnId, finals[0]?.turnId, 'the id of the request is another');
    assert.match(String(finals[0]?.turnId), /^turn_/);
  });

  for (const kind of ['duplicate', 'out_of_order'] as const) {
    test(`${name}: events that come ${kind === 'duplicate' ? 'twice' : 'out of order'} are told once`, async () => {
      const rig = await makeRig();
      await using bench = await Bench.connected(rig);
      if (rig.without.includes(kind)) return;
      rig.failNext({ kind });
      bench.ask();
      await bench.ear.until('response_finished');
      bench.ask();
      await bench.ear.until('response_finished', 2);
      const { responseId } = bench.ear.all('response_started')[0] ?? {};
      const whole = first.pcm(bench.provider.capabilities.outputRate).length;
      const heard = bench.ear
        .all('audio')
        .filter((event) => event.responseId === responseId)
        .reduce((sum, { pcm }) => sum + pcm.length, 0);
      if (kind === 'duplicate') assert.equal(heard, whole);
      else assert.ok(heard < whole && heard > whole / 2, 'what comes after the end is not told');
      const order = bench.ear.events.filter((event) => 'responseId' in event && event.responseId === responseId);
      assert.equal(order[0]?.type, 'response_started');
      assert.equal(order.at(-1)?.type, 'response_finished');
    });
  }

  test(`${name}: the second of two requests waits for the end of the first`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    const { promise, resolve } = Promise.withResolvers<void>();
    rig.failNext({ kind: 'held', until: promise });
    const one = bench.ask();
    const two = bench.session.requestResponse({ modality: 'audio', instructions: 'Say it again.' });
    await until(() => rig.asked() === 1);
    await settle();
    assert.equal(rig.asked(), 1);
    resolve();
    await bench.ear.until('response_finished', 2);
    assert.deepEqual(
      bench.ear.all('response_started').map(({ requestId }) => requestId),
      [one, two],
    );
    assert.deepEqual(rig.complaints(), []);
  });

  test(`${name}: of a cancelled response nothing is told but its end, and the next one goes well`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    let cancelled = -1;
    bench.ear.react((event) => {
      if (event.type !== 'audio' || cancelled >= 0) return;
      cancelled = bench.ear.events.length;
      bench.session.cancel(event.responseId);
      bench.session.cancel(event.responseId);
    });
    bench.ask();
    assert.equal((await bench.ear.until('response_finished')).status, 'cancelled');
    const after = bench.ear.events.slice(cancelled).map(({ type }) => type);
    assert.deepEqual(
      after.filter((type) => type === 'audio' || type === 'output_transcript'),
      [],
    );
    bench.ask();
    assert.equal((await bench.ear.until('response_finished', 2)).status, 'completed');
    assert.ok(bench.ear.pcm.length > first.pcm(bench.provider.capabilities.outputRate).length / 10);
    assert.deepEqual(rig.complaints(), []);
  });

  test(`${name}: a request is taken back before it is sent, and one that gets no answer is given up`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    rig.failNext({ kind: 'stall' });
    const stalled = bench.ask();
    const waiting = bench.session.requestResponse({ modality: 'audio' });
    bench.session.cancel(waiting);
    await until(() => rig.asked() === 1);
    bench.session.cancel(stalled);
    const next = bench.session.requestResponse({ modality: 'audio' });
    await bench.clock.run(2_000);
    await bench.ear.until('response_finished');
    assert.deepEqual(
      bench.ear.all('response_started').map(({ requestId }) => requestId),
      [next],
    );
  });

  test(`${name}: a cancelled response whose end never comes is over after 2 s`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    rig.failNext({ kind: 'stall_midway' });
    bench.ask();
    const { responseId } = await bench.ear.until('audio');
    bench.session.cancel(responseId);
    if (bench.ear.all('response_finished').length === 0) await bench.clock.run(2_000);
    assert.equal((await bench.ear.until('response_finished')).status, 'cancelled');
  });

  test(`${name}: a tool call is told once, answered once, and the answer is used`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    if (!bench.provider.capabilities.takesTools) return;
    rig.answerNext({ kind: 'call', calls: [{ name: 'note', arguments: '{"text":"the dice fall"}' }] });
    bench.ask();
    const call = await bench.ear.until('tool_call');
    assert.deepEqual([call.name, call.arguments], ['note', '{"text":"the dice fall"}']);
    await bench.ear.until('response_finished');
    bench.session.submitToolResult(call.callId, '{"ok":true}');
    bench.session.submitToolResult(call.callId, '{"ok":false}');
    bench.session.submitToolResult('nobody', '{}');
    bench.session.requestResponse({ modality: 'audio' });
    await bench.ear.until('response_finished', 2);
    assert.equal(bench.ear.all('tool_call').length, 1);
    assert.deepEqual(rig.toolResults(), ['{"ok":true}']);
    assert.deepEqual(bench.ear.warnings, ['tool_result_unasked', 'tool_result_unasked']);
    assert.deepEqual(rig.complaints(), []);
  });

  test(`${name}: a tool result of 100 MB is cut and told, and the socket lives`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    if (!bench.provider.capabilities.takesTools) return;
    rig.answerNext({ kind: 'call', calls: [{ name: 'note', arguments: '{}' }] });
    bench.ask();
    const { callId } = await bench.ear.until('tool_call');
    await bench.ear.until('response_finished');
    bench.session.submitToolResult(callId, 'x'.repeat(100_000_000));
    bench.session.requestResponse({ modality: 'audio' });
    await bench.ear.until('response_finished', 2);
    assert.ok((rig.toolResults()[0]?.length ?? 0) < 200_000);
    assert.deepEqual(bench.ear.warnings, ['tool_result_cut']);
  });

  test(`${name}: what was not heard is taken out of the context, clamped to what there is`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    if (!bench.provider.capabilities.truncates) return;
    const items: string[] = [];
    for (let n = 1; n <= 4; n += 1) {
      bench.ask();
      await bench.ear.until('response_finished', n);
      items.push(bench.ear.all('audio').at(-1)?.itemId ?? '');
    }
    const [one = '', two = '', three = '', four = ''] = items;
    bench.session.truncate(one, 500.7);
    bench.session.truncate(two, 0);
    bench.session.truncate(three, Number.NaN);
    bench.session.truncate(four, 1e9);
    bench.session.truncate('nobody', 100);
    bench.session.requestResponse({ modality: 'audio' });
    await bench.ear.until('response_finished', 5);
    assert.deepEqual(rig.truncations(), [`${one}: 500`, `${two}: deleted`, `${three}: deleted`]);
    assert.deepEqual(rig.complaints(), []);
  });

  test(`${name}: a turn taken back is not answered, one of nothing is not sent`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    bench.session.beginTurn();
    bench.session.appendAudio(new Uint8Array(9_600));
    bench.session.clearTurn();
    bench.session.beginTurn();
    bench.session.endTurn();
    assert.deepEqual(bench.ear.warnings, ['turn_empty']);
    bench.ask();
    await bench.ear.until('response_finished');
    assert.deepEqual(rig.complaints(), []);
  });

  test(`${name}: a text is answered with a text`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig);
    if (!bench.provider.capabilities.textIn) return;
    bench.session.addText({ role: 'user', text: 'what time is it' });
    bench.session.requestResponse({ modality: 'text' });
    await bench.ear.until('response_finished');
    assert.equal(bench.ear.all('output_transcript').at(-1)?.text, first.text);
    assert.deepEqual(bench.ear.all('audio'), []);
    assert.deepEqual(rig.contextTexts(), ['what time is it']);
  });

  test(`${name}: audio at another rate than asked for is named, and told at its own`, async () => {
    const rig = await makeRig();
    if (!rig.speakAt(16_000)) {
      await rig[Symbol.asyncDispose]();
      return;
    }
    await using bench = await Bench.connected(rig);
    bench.ask();
    assert.equal((await bench.ear.until('audio')).rate, 16_000);
    await bench.ear.until('response_finished');
    assert.deepEqual(bench.ear.warnings, ['output_rate']);
  });
};
