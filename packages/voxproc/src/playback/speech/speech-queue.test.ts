import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import fc from 'fast-check';
import { tonePcm } from '../../testing/playback-ears.ts';
import { WINDOW_MS } from './credit.ts';
import type { SpeechEvent, SpeechTrouble } from './speech-event.ts';
import { SpeechQueue, waitsMs } from './speech-queue.ts';

const RATE = 24_000;
const build = () => {
  const clock = new FakeClock();
  const events: SpeechEvent[] = [];
  const troubles: SpeechTrouble[] = [];
  const queue = new SpeechQueue({
    clock,
    wake: () => undefined,
    onEvent: (event) => events.push(event),
    onTrouble: (trouble) => troubles.push(trouble),
  });
  /** Sends frames every 20 ms. @returns the peak of each, null where nothing was due */
  const play = (ms: number, canSend = true): (number | null)[] => {
    const peaks: (number | null)[] = [];
    for (let at = 0; at < ms; at += 20) {
      const frame = queue.frame(canSend);
      if (frame === null || frame === 'waiting') peaks.push(null);
      else {
        peaks.push(frame.pcm.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
        frame.sent();
      }
      clock.advance(20);
    }
    return peaks;
  };
  const say = (id: string, ms: number, { end = true } = {}) => {
    queue.begin(id, RATE);
    queue.audio(id, 0, tonePcm(440, ms));
    if (end) queue.end(id, 1);
  };
  const names = () => events.map(({ type, utteranceId }) => `${type} ${utteranceId}`);
  const finished = () =>
    events.flatMap((event) =>
      event.type === 'finished' ? [`${event.utteranceId} ${event.outcome} ${event.playedMs}`] : [],
    );
  return { clock, queue, events, troubles, play, say, names, finished };
};

describe('SpeechQueue', () => {
  it('plays one utterance after the other and tells of each once', () => {
    const { play, say, names, finished } = build();
    say('a', 100);
    say('b', 50);
    play(400);
    assert.deepEqual(
      names().filter((name) => !name.startsWith('credit')),
      ['started a', 'progress a', 'finished a', 'started b', 'finished b'],
    );
    assert.deepEqual(finished(), ['a played 100', 'b played 50']);
  });

  it('begins with 60 ms, or as soon as it has all', () => {
    const { queue, play, finished } = build();
    queue.begin('a', RATE);
    queue.audio('a', 0, tonePcm(440, 50));
    assert.deepEqual(play(100), [null, null, null, null, null]);
    queue.audio('a', 1, tonePcm(440, 12));
    assert.equal(play(20)[0] === null, false);
    queue.end('a', 2);
    queue.begin('b', RATE);
    queue.audio('b', 0, tonePcm(440, 10));
    queue.end('b', 1);
    play(200);
    assert.deepEqual(finished(), ['a played 62', 'b played 10']);
  });

  it('grows what it gathers when an utterance runs dry, up to 200 ms, and shrinks it slowly', () => {
    const { queue, play, say, troubles } = build();
    queue.begin('a', RATE);
    const needed: number[] = [];
    for (let round = 0, seq = 0; round < 5; round += 1) {
      let gathered = 0;
      while (play(20)[0] === null) {
        queue.audio('a', seq, tonePcm(440, 10));
        seq += 1;
        gathered += 10;
      }
      needed.push(gathered);
      play(400);
    }
    assert.ok((needed[0] as number) <= 70 && (needed[3] as number) >= 190 && (needed[4] as number) <= 210, `${needed}`);
    assert.equal(troubles.filter(({ type }) => type === 'underrun').length, 5);
    queue.cancel('a');
    for (let round = 0; round < 10; round += 1) {
      say(`well ${round}`, 300);
      play(400);
    }
    queue.begin('z', RATE);
    queue.audio('z', 0, tonePcm(440, 62));
    assert.notEqual(play(20)[0], null, 'back to 60 ms');
  });

  it('is told the end before the audio, and plays all of it', () => {
    const { queue, play, finished } = build();
    queue.begin('a', RATE);
    queue.end('a', 3);
    for (let seq = 0; seq < 3; seq += 1) queue.audio('a', seq, tonePcm(440, 100));
    play(500);
    assert.deepEqual(finished(), ['a played 300']);
  });

  it('gives up what never comes a second after nothing else is left', () => {
    const { queue, play, finished } = build();
    queue.begin('a', RATE);
    queue.audio('a', 0, tonePcm(440, 200));
    queue.audio('a', 2, tonePcm(440, 100));
    queue.end('a', 4);
    play(waitsMs.missing);
    assert.deepEqual(finished(), []);
    play(600);
    assert.deepEqual(finished(), ['a played 300']);
    assert.equal(queue.missing, 2);
  });

  it('gives up an utterance nobody feeds, and says the next', () => {
    const { queue, clock, play, finished, troubles, names } = build();
    queue.begin('a', RATE);
    assert.deepEqual(queue.begin('b', RATE), { ms: 0 });
    clock.advance(waitsMs.audio);
    assert.deepEqual(names(), ['finished a', 'credit b']);
    queue.audio('b', 0, tonePcm(440, 100));
    queue.end('b', 1);
    play(200);
    assert.deepEqual(finished(), ['a aborted 0', 'b played 100']);
    assert.deepEqual(troubles, [{ type: 'starved', utteranceId: 'a' }]);
  });

  it('does not give up an utterance that is paused', () => {
    const { queue, clock, play, say, finished } = build();
    say('a', 200);
    play(40);
    queue.pause('a');
    clock.advance(10 * waitsMs.audio);
    queue.resume('a');
    play(400);
    assert.deepEqual(finished(), ['a played 200']);
  });

  it('fades within one frame when it is paused, and only when something was heard', () => {
    const { queue, play, say } = build();
    say('a', 400);
    assert.deepEqual(queue.pause('a'), { playedMs: 0 });
    assert.deepEqual(play(60), [null, null, null]);
    queue.resume('a');
    play(100);
    queue.pause('a');
    const peaks = play(60);
    assert.deepEqual(
      peaks.map((peak) => peak === null),
      [false, true, true],
    );
    assert.deepEqual(queue.pause('a'), { playedMs: 100 }, 'once more changes nothing');
    assert.deepEqual(play(20), [null]);
  });

  it('goes on without a fade when the pause was taken back before the next frame', () => {
    const { queue, play, say, finished } = build();
    say('a', 200);
    play(100);
    queue.pause('a');
    queue.resume('a');
    const [peak] = play(20);
    assert.ok((peak as number) > 0.24);
    play(200);
    assert.deepEqual(finished(), ['a played 200']);
  });

  it('is cancelled at every stage, with what was heard and what was not', () => {
    const stages = {
      waiting: (rig: ReturnType<typeof build>) => rig.say('before', 1000),
      gathering: () => undefined,
      playing: (rig: ReturnType<typeof build>) => rig.play(100),
      paused: (rig: ReturnType<typeof build>) => {
        rig.play(100);
        rig.queue.pause('a');
      },
      'run dry': (rig: ReturnType<typeof build>) => rig.play(1000),
    };
    for (const [stage, reach] of Object.entries(stages)) {
      const rig = build();
      const { queue, play, finished, events } = rig;
      if (stage === 'waiting') stages.waiting(rig);
      queue.begin('a', RATE);
      queue.audio('a', 0, tonePcm(440, stage === 'gathering' ? 40 : 500));
      if (stage !== 'waiting') reach(rig);
      const { playedMs, trimmedMs, discardedMs } = queue.cancel('a');
      const total = { waiting: 500, gathering: 40, playing: 500, paused: 500, 'run dry': 500 }[stage] as number;
      assert.ok(Math.abs(playedMs + trimmedMs + discardedMs - total) < 0.1, stage);
      assert.ok(stage === 'waiting' || stage === 'gathering' ? playedMs === 0 : playedMs >= 100, stage);
      assert.throws(() => queue.cancel('a'), { code: 'unknown_utterance' });
      queue.audio('a', 1, tonePcm(440, 100));
      if (stage === 'waiting') queue.cancel('before');
      const peaks = play(200);
      assert.equal(
        peaks.slice(1).every((peak) => peak === null),
        true,
        stage,
      );
      assert.equal(finished().filter((words) => words.startsWith('a ')).length, 1, stage);
      assert.equal(events.filter(({ type }) => type === 'started').length <= 1, true);
    }
  });

  it('never begins what was cancelled before it began, what is over, or what has begun', () => {
    const { queue, play, say } = build();
    assert.throws(() => queue.cancel('a'), { code: 'unknown_utterance' });
    assert.throws(() => queue.begin('a', RATE), { code: 'unknown_utterance' });
    say('b', 40);
    play(100);
    assert.throws(() => queue.begin('b', RATE), { code: 'unknown_utterance' });
    queue.begin('c', RATE);
    assert.throws(() => queue.begin('c', RATE), { code: 'invalid_payload' });
    for (const ask of [() => queue.end('x', 1), () => queue.pause('x'), () => queue.resume('x')]) {
      assert.throws(ask, { code: 'unknown_utterance' });
    }
  });

  it('remembers the last 256 that are over, not more', () => {
    const { queue } = build();
    for (let index = 0; index <= 256; index += 1) {
      queue.begin(`u${index}`, RATE);
      queue.cancel(`u${index}`);
    }
    assert.throws(() => queue.begin('u1', RATE), { code: 'unknown_utterance' });
    assert.ok(queue.begin('u0', RATE));
  });

  it('holds sixteen utterances at most', () => {
    const { queue } = build();
    for (let index = 0; index < 16; index += 1) queue.begin(`u${index}`, RATE);
    assert.throws(() => queue.begin('u16', RATE), { code: 'queue_full' });
  });

  it('speaks on through a short gap, not through a long one, a pause, or once all is said', () => {
    const { queue, play, say } = build();
    assert.equal(queue.isSpeaking, false);
    say('a', 100);
    assert.equal(queue.isSpeaking, true);
    queue.begin('b', RATE);
    play(100);
    assert.equal(queue.isSpeaking, true, 'the next one has no audio yet');
    play(380);
    assert.equal(queue.isSpeaking, true);
    play(120);
    assert.equal(queue.isSpeaking, false);
    queue.audio('b', 0, tonePcm(440, 200));
    assert.equal(queue.isSpeaking, true);
    play(60);
    queue.pause('b');
    assert.equal(queue.isSpeaking, false);
    queue.resume('b');
    queue.cancel('b');
    assert.equal(queue.isSpeaking, false);
  });

  it('counts audio that is of no use, and says so but for what was cancelled', () => {
    const { queue, play, say, troubles } = build();
    say('a', 40);
    play(100);
    queue.begin('b', RATE);
    queue.cancel('b');
    queue.begin('c', RATE);
    for (const id of ['a', 'b', 'x']) queue.audio(id, 0, tonePcm(440, 20));
    for (let seq = 0; seq < 3; seq += 1) queue.audio('c', seq, tonePcm(440, 900));
    assert.equal(queue.dropped, 4);
    assert.deepEqual(troubles, [
      { type: 'dropped', utteranceId: 'a', why: 'over' },
      { type: 'dropped', utteranceId: 'x', why: 'unknown' },
      { type: 'dropped', utteranceId: 'c', why: 'not_granted' },
    ]);
  });

  it('whatever is said, however it is cut, paused and cancelled: no more waits than the window, nothing is stuck, all is told once', () => {
    const plan = fc.record({
      utterances: fc.array(
        fc.record({
          ms: fc.integer({ min: 0, max: 3500 }),
          leadMs: fc.integer({ min: 0, max: 600 }),
          chunkMs: fc.integer({ min: 1, max: 500 }),
          cancelAtMs: fc.option(fc.integer({ min: 0, max: 4000 }), { nil: null }),
          pauseAtMs: fc.option(fc.integer({ min: 0, max: 4000 }), { nil: null }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      /** Milliseconds of audio the sender gets through the pipe in a frame's time. */
      paceMs: fc.integer({ min: 25, max: 2000 }),
    });
    fc.assert(
      fc.property(plan, ({ utterances, paceMs }) => {
        const { queue, events, play, clock } = build();
        const startMs = clock.now();
        const senders = utterances.map(({ ms, leadMs, chunkMs, ...rest }, index) => {
          const id = `u${index}`;
          const { ms: granted } = queue.begin(id, RATE);
          const pcm = Buffer.concat([tonePcm(440, leadMs, { level: 0 }), tonePcm(440, ms)]);
          return {
            ...rest,
            id,
            pcm,
            chunkMs,
            granted,
            sentMs: 0,
            at: 0,
            seq: 0,
            state: 'sending',
            totalMs: ms + leadMs,
          };
        });
        let seen = 0;
        for (
          let frame = 0;
          frame < 2500 && events.filter(({ type }) => type === 'finished').length < senders.length;
          frame += 1
        ) {
          let budget = paceMs;
          for (const sender of senders) {
            if (sender.state === 'over') continue;
            if (sender.cancelAtMs !== null && clock.now() - startMs >= sender.cancelAtMs) {
              queue.cancel(sender.id);
              sender.state = 'over';
              continue;
            }
            if (sender.pauseAtMs !== null && clock.now() - startMs >= sender.pauseAtMs) {
              queue.pause(sender.id);
              queue.resume(sender.id);
              sender.pauseAtMs = null;
            }
            while (sender.at < sender.pcm.length && budget > 0) {
              const bytes = Math.min(sender.pcm.length - sender.at, sender.chunkMs * 48);
              if (sender.sentMs + bytes / 48 > sender.granted) break;
              queue.audio(sender.id, sender.seq, sender.pcm.subarray(sender.at, sender.at + bytes));
              sender.at += bytes;
              sender.sentMs += bytes / 48;
              sender.seq += 1;
              budget -= bytes / 48;
            }
            if (sender.at === sender.pcm.length && sender.state === 'sending') {
              queue.end(sender.id, sender.seq);
              sender.state = 'ended';
            }
          }
          for (; seen < events.length; seen += 1) {
            const event = events[seen] as SpeechEvent;
            const sender = senders.find(({ id }) => id === event.utteranceId);
            assert.ok(sender);
            if (event.type === 'credit') {
              assert.ok(event.ms >= sender.granted + 200);
              sender.granted = event.ms;
            }
            if (event.type === 'finished') {
              sender.state = 'over';
              if (event.outcome === 'played')
                assert.ok(Math.abs(event.playedMs + event.trimmedMs - sender.totalMs) < 0.1);
            }
          }
          assert.ok(queue.waitingMs <= WINDOW_MS + 2, `${queue.waitingMs}`);
          play(20);
        }
        const finished = events.filter(({ type }) => type === 'finished');
        assert.deepEqual(finished.map(({ utteranceId }) => utteranceId).sort(), senders.map(({ id }) => id).sort());
        assert.equal(queue.dropped, 0);
        assert.equal(clock.timers, 0);
      }),
      { numRuns: 60, seed: 20_261_121 },
    );
  });
});
