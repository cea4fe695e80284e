import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NotificationParams } from '@parley/protocol';
import type { SimPerson } from '@parley/sim';
import { toneDb } from '../lib/audio.ts';
import { VoxprocRig } from './voxproc-rig.ts';

type Ended = NotificationParams<'voxproc', 'capture.ended'>;

/** What a supervisor hears of captures, audio copied out of its frames. */
class Captured {
  readonly pieces: { readonly captureId: string; readonly position: number; readonly samples: Int16Array }[] = [];
  readonly ended: Ended[] = [];
  readonly #watchers = new Set<() => void>();

  constructor({ child }: VoxprocRig) {
    child.channel.onNotification('capture.audio', ({ captureId, position, pcm }) => {
      this.pieces.push({ captureId, position, samples: new Int16Array(Uint8Array.from(pcm).buffer) });
      this.#look();
    });
    child.channel.onNotification('capture.ended', (ended) => {
      this.ended.push(ended);
      this.#look();
    });
  }

  of(captureId: string): Int16Array {
    const pieces = this.pieces.filter((piece) => piece.captureId === captureId);
    return Int16Array.from(pieces.flatMap(({ samples }) => [...samples]));
  }

  async until(check: () => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`not within 10 s: ${check}`)), 10_000);
    const look = () => check() && resolve();
    this.#watchers.add(look);
    look();
    await promise.finally(() => {
      clearTimeout(timer);
      this.#watchers.delete(look);
    });
  }

  #look(): void {
    for (const look of [...this.#watchers]) look();
  }
}

test('two people are heard for the agent, each their own, aligned with the recording, and not after they opted out', async () => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const [alice, bob] = [rig.person('alice'), rig.person('bob')];
  for (const person of [alice, bob]) await person.join(rig.table);
  await rig.join();
  await rig.inCall();
  const { channel } = rig.child;
  const captured = new Captured(rig);
  /** Captures a person as soon as they speak. */
  const hear = async (person: SimPerson, captureId: string, sampleRate: number) => {
    await rig.child.until(`${person.username} to speak`, () =>
      rig.child.all('speaking.started').some(({ userId }) => userId === person.userId),
    );
    const limits = { silenceMs: 800, preRollMs: 300, maxMs: 10_000 };
    return await channel.request('capture.start', { userId: person.userId, captureId, sampleRate, ...limits });
  };

  const speeches = Promise.all([alice.speak({ tone: 440, ms: 1_200 }), bob.speak({ tone: 1_000, ms: 1_200 })]);
  const [ofAlice] = await Promise.all([hear(alice, 'alice', 16_000), hear(bob, 'bob', 24_000)]);
  await assert.rejects(hear(alice, 'again', 16_000), { code: 'already_capturing' });
  await speeches;
  await captured.until(() => captured.ended.length === 2);
  for (const [person, id, rate, own, other] of [
    [alice, 'alice', 16_000, 440, 1_000],
    [bob, 'bob', 24_000, 1_000, 440],
  ] as const) {
    const audio = captured.of(id).subarray(rate / 10, rate);
    assert.ok(toneDb(audio, rate, own) - toneDb(audio, rate, other) > 40, `${id} is heard as themselves`);
    const [sidecar] = await rig.sidecars(person);
    const [first] = captured.pieces.filter(({ captureId }) => captureId === id);
    // Packets of a slow machine come late at first: then the recording, which may think again, is the one that is right.
    assert.ok(sidecar && first && Math.abs(first.position - sidecar.startSample) <= 48 * 270, 'from the first word on');
    const ended = captured.ended.find(({ captureId }) => captureId === id);
    assert.equal(ended?.reason, 'silence');
    const heardMs = (captured.of(id).length * 1_000) / rate;
    assert.ok(Math.abs((ended?.durationMs ?? 0) - heardMs) <= 1, `${ended?.durationMs} and ${heardMs} ms`);
    assert.ok(heardMs >= 1_180 && heardMs <= 1_260, `${heardMs} ms of 1200`);
  }
  assert.ok(ofAlice.preRollMs > 0);

  await channel.request('recording.pause', {});
  const leaving = bob.speak({ tone: 1_000, ms: 2_000 });
  await rig.sim.until(() => bob.truth.filter(({ silence }) => !silence).length >= 70, { what: 'bob to speak again' });
  const limits = { sampleRate: 24_000, silenceMs: 2_000, preRollMs: 0, maxMs: 10_000 };
  await channel.request('capture.start', { userId: bob.userId, captureId: 'out', ...limits });
  await captured.until(() => captured.of('out').length >= 24_000 / 5);
  await channel.request('recording.exclude', { userId: bob.userId });
  const atExclusion = captured.of('out').length;
  await leaving;
  await channel.request('stats.get', {});
  assert.equal(captured.of('out').length, atExclusion);
  assert.equal(captured.ended.find(({ captureId }) => captureId === 'out')?.reason, 'excluded');
  await assert.rejects(channel.request('capture.start', { userId: bob.userId, captureId: 'no', ...limits }), {
    code: 'not_heard',
  });
  await assert.rejects(channel.request('capture.stop', { captureId: 'out' }), { code: 'unknown_capture' });

  await channel.request('capture.start', { userId: alice.userId, captureId: 'moving', ...limits, silenceMs: 5_000 });
  await channel.request('recording.stop', { reason: 'test' });
  await channel.request('speech.begin', { utteranceId: 'here', sampleRate: 24_000 });
  channel.notify('speech.audio', { utteranceId: 'here', seq: 0, pcm: Buffer.alloc(2 * 24_000 * 2, 1) });
  await rig.child.until('speech', () => rig.child.all('playback.started').length > 0);
  const moving = channel.request('session.move', { channelId: rig.hall.id, roster: [] });
  await channel.request('capture.start', {
    userId: alice.userId,
    captureId: 'on the way',
    ...limits,
    silenceMs: 5_000,
  });
  await moving;
  const [said] = rig.child.all('playback.finished');
  assert.equal(said?.outcome, 'aborted', 'what was to be said in one channel is not said in the other');
  await captured.until(() => captured.ended.some(({ captureId }) => captureId === 'moving'));
  await captured.until(() => captured.ended.some(({ captureId }) => captureId === 'on the way'));
  for (const id of ['moving', 'on the way']) {
    assert.equal(captured.ended.find(({ captureId }) => captureId === id)?.reason, 'session_ended');
  }
});
