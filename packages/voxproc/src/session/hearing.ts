import type { Clock, RosterEntry } from '@parley/protocol';
import type { CaptureSink } from '../capture/capture-sink.ts';
import { Captures } from '../capture/captures.ts';
import { EchoReference } from '../capture/echo/echo-reference.ts';
import type { PacketSink } from '../receive/packet-source.ts';
import { VoiceTest, type VoiceTestOptions } from '../voice-test/voice-test.ts';

export interface HearingOptions {
  readonly clock: Clock;
  readonly sink: CaptureSink;
  /** Whether this person is there, no bot, and has not opted out. */
  readonly mayBeHeard: (userId: string) => boolean;
  /** The position of an instant of CLOCK_MONOTONIC (microseconds). */
  readonly positionAt: (us: number) => number;
  /** Plays what a voice test has heard. */
  readonly player: VoiceTestOptions['player'];
  /** A defect; what is recorded does not end with it. */
  readonly onError: (error: Error) => void;
}

/**
 * Everything that listens to people beside the recorder: the captures of the agent, and voice tests. Nothing it holds outlives a
 * person's stay, their consent, or the stay in the channel.
 */
export class Hearing implements Disposable {
  readonly captures: Captures;
  readonly voiceTest: VoiceTest;
  /** What the bot plays; playback writes into it. */
  readonly echo = new EchoReference();

  constructor({ player, ...options }: HearingOptions) {
    this.captures = new Captures({ ...options, echo: this.echo });
    this.voiceTest = new VoiceTest({ clock: options.clock, player });
  }

  /** A sink that hands everything on first, then listens. */
  beside(recorder: PacketSink): PacketSink {
    return this.voiceTest.beside(this.captures.beside(recorder));
  }

  /** What is known of a person has changed. */
  rosterChanged({ userId, optedOut, bot, present }: RosterEntry): void {
    if (optedOut || bot === true) this.forget(userId, 'excluded');
    else if (!present) this.forget(userId, 'left');
  }

  /** Lets go of everything heard of a person, at once. */
  forget(userId: string, reason: 'left' | 'excluded'): void {
    this.voiceTest.forget(userId);
    this.captures.forget(userId, reason);
  }

  /** Another channel, or none: what was heard in this one goes no further. */
  channelLeft(): void {
    this.voiceTest.channelLeft();
    this.captures.endAll();
  }

  [Symbol.dispose](): void {
    this.voiceTest[Symbol.dispose]();
    this.captures[Symbol.dispose]();
  }
}
