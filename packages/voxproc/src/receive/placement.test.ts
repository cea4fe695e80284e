import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Arrived } from './arrived.ts';
import { OffsetEnvelope } from './offset-envelope.ts';
import { type Fill, MAX_CONCEALED_PACKETS, Placement } from './placement.ts';

const SECOND = 48_000;

interface Sent {
  readonly rtp: number;
  readonly arrival: number;
  readonly samples?: number;
  readonly lost?: number;
  readonly usable?: boolean;
}

const arrived = ({ rtp, arrival, samples = 960, lost = 0, usable = true }: Sent): Arrived => ({
  sequence: 0,
  rtp,
  arrivalUs: (arrival * 1000) / 48,
  arrival,
  opus: null,
  samples: usable ? samples : 0,
  unusable: usable ? null : 'undecryptable',
  speech: true,
  lost,
  restart: false,
});

/** A file that is written as placement says; `parts` hold start and end of each, `at` the error of the newest packet. */
class File {
  readonly envelope = new OffsetEnvelope();
  readonly placement = new Placement(this.envelope);
  readonly fills: Omit<Fill, 'type'>[] = [];
  parts = 0;
  start = 0;
  samples = 0;
  lostBetween = 0;
  /** Position of the newest packet in the recording. */
  position = 0;

  write(sent: Sent): void {
    const packet = arrived(sent);
    this.placement.note(packet);
    if (packet.unusable !== null) return;
    this.envelope.add(packet.arrival, packet.rtp);
    const step = this.parts === 0 ? null : this.placement.next(packet);
    if (step === null || step.type === 'part') {
      const start = this.placement.open(packet, false);
      this.parts += 1;
      this.start = start.startSample;
      this.lostBetween = start.lostBetween;
      this.samples = 0;
    } else {
      const { refine, lost, conceal, pause, correction } = step;
      this.fills.push({ refine, lost, conceal, pause, correction });
      this.start += refine;
      this.samples += lost + pause;
    }
    this.placement.wrote(packet);
    this.position = this.start + this.samples;
    this.samples += packet.samples;
  }
}

/** Speech without a gap from `rtp` on for `frames` frames, arriving `offset` samples later. */
const speak = (file: File, rtp: number, frames: number, offset: number): void => {
  for (let frame = 0; frame < frames; frame += 1) {
    file.write({ rtp: rtp + frame * 960, arrival: rtp + frame * 960 + offset });
  }
};

const lastFill = (file: File) => file.fills.at(-1);
const nothing = { refine: 0, lost: 0, conceal: false, pause: 0, correction: 0 };

test('a segment stands on the 2.5 ms grid and contiguous speech needs no fill', () => {
  const file = new File();
  speak(file, 1_000_007, 3, 333);
  assert.equal(file.start, 1_000_320);
  assert.equal(file.placement.offset, 313);
  assert.deepEqual(file.fills, [nothing, nothing]);
});

test('up to five lost packets are concealed, more are silence, and both keep their time', () => {
  for (let lost = 1; lost <= 8; lost += 1) {
    const file = new File();
    speak(file, 0, 5, 0);
    const rtp = (5 + lost) * 960;
    file.write({ rtp, arrival: rtp, lost });
    assert.deepEqual(lastFill(file), { ...nothing, lost: lost * 960, conceal: lost <= MAX_CONCEALED_PACKETS });
    assert.equal(file.position, rtp);
  }
});

test('a pause of the sender is a pause, whether or not a packet was lost in it', () => {
  const file = new File();
  speak(file, 0, 5, 0);
  file.write({ rtp: 4800 + 48_000, arrival: 52_800 });
  assert.deepEqual(lastFill(file), { ...nothing, pause: 48_000 });
  file.write({ rtp: 4800 + 48_000 + 960 + 9600, arrival: 63_360, lost: 1 });
  assert.deepEqual(lastFill(file), { ...nothing, lost: 960, conceal: false, pause: 8640 });
});

test('the time of packets that cannot be used is pause, not loss', () => {
  const file = new File();
  speak(file, 0, 5, 0);
  file.write({ rtp: 4800, arrival: 4800, usable: false });
  file.write({ rtp: 5760, arrival: 5760, usable: false });
  file.write({ rtp: 7680, arrival: 7680, lost: 1 });
  assert.deepEqual(lastFill(file), { ...nothing, lost: 960, conceal: false, pause: 1920 });
  assert.equal(file.position, 7680);
});

test('lost packets of other lengths are measured by RTP', () => {
  const file = new File();
  for (const rtp of [0, 2880]) file.write({ rtp, arrival: rtp, samples: 2880 });
  file.write({ rtp: 5760 + 480, arrival: 6240, samples: 480, lost: 1 });
  assert.deepEqual(lastFill(file), { ...nothing, lost: 480, conceal: true });
});

test('while the minimum is not known yet, a better one moves the whole segment', () => {
  const file = new File();
  speak(file, 0, 10, 1200);
  speak(file, 9600, 10, 700);
  assert.equal(file.start, 720);
  assert.equal(file.position, 19 * 960 + 720);
  assert.equal(file.parts, 1);
});

/** A file whose minimum has settled at 0 and whose segment goes on. */
const settled = (): { file: File; rtp: number } => {
  const file = new File();
  let rtp = 0;
  for (; rtp < 65 * SECOND; rtp += 960) file.write({ rtp, arrival: rtp });
  file.fills.length = 0;
  return { file, rtp };
};

test('a settled offset that moves by 5 ms or less is left alone', () => {
  for (const moved of [-120, 120, -240, 240]) {
    const { file, rtp } = settled();
    if (moved < 0) file.write({ rtp, arrival: rtp + moved });
    file.write({ rtp: rtp + 9600, arrival: rtp + 9600 + moved });
    assert.equal(lastFill(file)?.correction, 0);
  }
});

test('a settled offset that fell by more is taken up by a shorter fill in the next pause', () => {
  const { file, rtp } = settled();
  file.write({ rtp, arrival: rtp - 360 });
  assert.deepEqual(lastFill(file), nothing);
  file.write({ rtp: rtp + 960 + 4800, arrival: rtp + 5760 - 360 });
  assert.deepEqual(lastFill(file), { ...nothing, pause: 4800 - 360, correction: -360 });
  assert.equal(file.position, rtp + 5760 - 360);
});

test('a pause too short for the whole difference takes up what it can', () => {
  const { file, rtp } = settled();
  file.write({ rtp: rtp + 240, arrival: rtp + 240 - 480 });
  assert.deepEqual(lastFill(file), { ...nothing, pause: 0, correction: -240 });
  file.write({ rtp: rtp + 240 + 960 + 2400, arrival: rtp + 3600 - 480 });
  assert.equal(lastFill(file)?.correction, 0);
  file.write({ rtp: rtp + 7200, arrival: rtp + 7200 - 600 });
  assert.equal(lastFill(file)?.correction, -360);
});

test('a settled offset that rose by more is taken up by a longer fill in the next pause', () => {
  const { file, rtp } = settled();
  let at = rtp;
  for (; at < rtp + 31 * SECOND; at += 960) file.write({ rtp: at, arrival: at + 360 });
  assert.equal(file.parts, 1);
  file.write({ rtp: at + 960, arrival: at + 960 + 360 });
  assert.deepEqual(lastFill(file), { ...nothing, pause: 960 + 360, correction: 360 });
});

test('a clock known to drift is followed to where it is now, not to where it was 30 s ago', () => {
  const { file, rtp } = settled();
  file.placement.driftPpm = 100;
  let at = rtp;
  const drifted = () => Math.round((at - rtp) * 100e-6);
  for (; at < rtp + 40 * SECOND; at += 960) file.write({ rtp: at, arrival: at + drifted() });
  file.write({ rtp: at + 9600, arrival: at + 9600 + drifted() });
  assert.ok(Math.abs(file.position - (at + 9600 + drifted())) <= 240);
  assert.ok(drifted() > 180 && file.envelope.minimum < 60);
  const next = arrived({ rtp: at + 48_000, arrival: at + 48_000 + drifted() });
  assert.ok(Math.abs(file.placement.open(next, false).startSample - (next.rtp + drifted())) <= 60);
});

test('in speech without pauses a difference of 10 ms begins a new part at its place', () => {
  const { file, rtp } = settled();
  file.write({ rtp, arrival: rtp - 420 + 60 });
  assert.equal(file.parts, 1);
  file.write({ rtp: rtp + 960, arrival: rtp + 960 - 480 });
  assert.equal(file.parts, 2);
  assert.equal(file.position, rtp + 960 - 480);
});

test('RTP that steps back by more than 10 ms begins a new part; by less it is carried', () => {
  const { file, rtp } = settled();
  file.write({ rtp: rtp - 240, arrival: rtp });
  assert.equal(file.parts, 1);
  assert.equal(file.position, rtp);
  file.write({ rtp: rtp - 240 + 960 - 600, arrival: rtp + 960 });
  assert.equal(file.parts, 2);
});

test('samples lost between two segments are told at the second', () => {
  const file = new File();
  speak(file, 0, 3, 0);
  file.placement.note(arrived({ rtp: 2880 + 1920, arrival: 4800, lost: 2, usable: false }));
  const next = arrived({ rtp: 96_000, arrival: 96_000 });
  file.placement.note(next);
  assert.equal(file.placement.open(next, false).lostBetween, 1920);
});

test('a numbering that began anew counts no loss', () => {
  const file = new File();
  speak(file, 0, 3, 0);
  file.placement.forgetGap();
  file.write({ rtp: 9600, arrival: 9600, lost: 3 });
  assert.deepEqual(lastFill(file), { ...nothing, pause: 9600 - 2880 });
});

const steps = fc.array(
  fc.record({
    samples: fc.constantFrom(120, 240, 480, 960, 1920, 2880),
    lost: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 12 })),
    pause: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 400 })),
    usable: fc.integer({ min: 0, max: 9 }).map((roll) => roll > 0),
  }),
  { minLength: 2, maxLength: 150 },
);

test('without jitter every packet stands within half a step of its place, whatever is lost, paused or unusable', () => {
  fc.assert(
    fc.property(
      steps,
      fc.integer({ min: 0, max: 4e9 }),
      fc.integer({ min: -1e6, max: 1e6 }),
      (packets, first, offset) => {
        const file = new File();
        let rtp = first;
        for (const { samples, lost, pause, usable } of packets) {
          rtp += lost * 960 + pause * 120;
          file.write({ rtp, arrival: rtp + offset, samples, lost, usable });
          if (usable) {
            assert.ok(Math.abs(file.position - (rtp + offset)) <= 60, `${file.position} for ${rtp + offset}`);
            assert.ok(Number.isInteger(file.start / 120));
          }
          rtp += usable ? samples : 960;
        }
        assert.ok(file.parts <= 1);
        for (const { lost, pause } of file.fills)
          assert.ok(lost >= 0 && pause >= 0 && lost % 120 === 0 && pause % 120 === 0);
      },
    ),
  );
});

test('with jitter and drift no packet stands more than 15 ms from where the least delayed packets say', () => {
  fc.assert(
    fc.property(
      steps,
      fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 150, maxLength: 150 }),
      fc.integer({ min: -80, max: 80 }),
      (packets, jitter, ppm) => {
        const file = new File();
        let rtp = 0;
        for (let round = 0; round < 20; round += 1) {
          packets.forEach(({ samples, lost, pause, usable }, index) => {
            rtp += lost * 960 + pause * 120;
            const arrival = rtp * (1 + ppm * 1e-6) + (jitter[index] as number);
            file.write({ rtp, arrival, samples, lost, usable });
            const wanted = rtp + file.envelope.minimum;
            if (usable) assert.ok(Math.abs(file.position - wanted) <= 720, `${file.position - wanted} off`);
            rtp += usable ? samples : 960;
          });
        }
      },
    ),
    { numRuns: 60 },
  );
});
