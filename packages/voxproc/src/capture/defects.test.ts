import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptureRig, tonePackets20 } from '../testing/capture-rig.ts';

const [ada, ben] = ['100000000000000001', '100000000000000002'];
const packet = tonePackets20(440, 1)[0] as Uint8Array;

/** What a capture of ada met, and how it ended. */
const assertFailed = (rig: CaptureRig): void => {
  assert.deepEqual(
    rig.all('ended').map(({ userId, reason }) => [userId, reason]),
    [[ada, 'failed']],
  );
  assert.deepEqual(
    rig.errors.map(({ message }) => message),
    ['broken'],
  );
};

test('a defect in a packet ends the capture it is met in, reaches nobody else, and the next capture hears again', () => {
  using rig = new CaptureRig();
  const [one, two] = [rig.talker(ada), rig.talker(ben, { ssrc: 2 })];
  for (const { userId } of [one, two]) rig.start(userId, { preRollMs: 0 });
  rig.defect = new Error('broken');
  one.send(packet);
  rig.defect = null;
  two.send(packet);
  assertFailed(rig);
  assert.equal(rig.all('audio').length, 1);
  rig.start(ada, { captureId: 'again', preRollMs: 0 });
  one.say(5, () => packet);
  assert.equal(rig.all('audio').filter(({ captureId }) => captureId === 'again').length, 5);
});

test('a defect that is met by the clock ends the capture alone', () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  rig.start(ada, { preRollMs: 0 });
  talker.say(10, () => packet);
  talker.lose(1);
  talker.send(packet);
  rig.defect = new Error('broken');
  rig.clock.advance(100);
  assertFailed(rig);
  assert.equal(rig.clock.timers, 0);
});

test('a defect at the end of a capture does not keep the person from being forgotten', () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  rig.start(ada, { preRollMs: 0 });
  talker.say(10, () => packet);
  rig.defect = new Error('broken');
  rig.captures.forget(ada, 'left');
  assertFailed(rig);
  rig.defect = null;
  assert.equal(rig.start(ada, { captureId: 'again' }).preRollMs, 0);
});

test('a capture whose pre-roll meets a defect is refused and over', () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  talker.say(10, () => packet);
  rig.defect = new Error('broken');
  assert.throws(() => rig.start(ada), { message: 'broken' });
  rig.defect = null;
  assert.equal(rig.all('ended')[0]?.reason, 'failed');
  rig.start(ada, { captureId: 'again' });
});

test('a capture that is stopped and meets a defect in its last words is over, and says so', async () => {
  using rig = new CaptureRig();
  const talker = rig.talker(ada);
  rig.start(ada, { preRollMs: 0, sampleRate: 24_000 });
  talker.say(10, () => packet);
  rig.defect = new Error('broken');
  await rig.captures.stop(`capture of ${ada}`);
  assertFailed(rig);
});
