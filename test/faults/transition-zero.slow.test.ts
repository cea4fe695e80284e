import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsEncrypted, expectedAudio, forAWhile, saidOf, toBot, VoxprocRig } from '../e2e/voxproc-rig.ts';

/** Frames of 20 ms in a second of speech. */
const framesPerSecond = 50;

test('keys of transition 0 that open nothing: they are agreed upon anew, what was lost is a hole and is counted', async (t) => {
  await using rig = await VoxprocRig.start({ hearing: false });
  const ada = rig.person('ada');
  await ada.join(rig.table);
  await rig.join();
  await rig.inCall();
  const { dave } = rig.sim.call(rig.table);
  // Two make a group at once: its transition is 0, which the library itself would never recover from.
  assert.equal(dave.epochs, 1);

  ada.corruption = 'undecryptable';
  const speech = ada.speak({ tone: 440, ms: forAWhile });
  await rig.sim.until(() => dave.epochs > 1, { what: 'other keys' });
  ada.corruption = 'none';
  const hole = await rig.child.until('the end of the hole', () =>
    rig.child.all('recording.hole').find(({ userId }) => userId === ada.userId),
  );
  await rig.hears(ada, framesPerSecond + 10);
  ada.stopSpeaking();
  await speech;
  const summary = await rig.leave();

  const lost = summary.dropped.undecryptable ?? 0;
  const said = saidOf(await rig.packets(ada));
  const holeMs = Math.round((hole.toSample - hole.fromSample) / 48);
  t.diagnostic(
    `${dave.epochs} epochs; ${toBot(ada.truth)} packets sent, ${summary.received} received, ${summary.written} written, ${lost} undecryptable; a hole of ${holeMs} ms`,
  );
  assert.equal(hole.reason, 'undecryptable');
  assert.ok(holeMs >= 2000, 'two bad seconds are what it takes');
  assert.equal(summary.received + summary.unattributed, toBot(ada.truth), 'every packet is accounted for');
  assert.ok(lost > 2 * framesPerSecond, `${lost} counted as undecryptable`);
  assert.ok(said.length > framesPerSecond, 'she is heard again');
  assert.deepEqual(said, expectedAudio(ada.truth).slice(-said.length), 'and to the last packet');
  assert.equal((await rig.packets(ada)).filter(endsEncrypted).length, 0);
});
