import type { UntilOptions } from '../core/changes.ts';
import type { Prng } from '../core/prng.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Turns } from '../core/turns.ts';
import { SimError } from '../errors.ts';
import type { Call } from '../voice/call.ts';
import type { VoiceChange, VoiceDirector } from '../voice/director.ts';
import type { SimChannel } from '../world/channel.ts';
import type { SimMember } from '../world/member.ts';
import type { SimMessage } from '../world/message.ts';
import type { SimRole } from '../world/role.ts';
import type { VoiceState } from '../world/voice-state.ts';
import type { World } from '../world/world.ts';
import { loadAudio, type SpeechSource } from './audio-source.ts';
import type { Hands, SlashOptions } from './hands.ts';
import { type Heard, Listener } from './listener.ts';
import { type Corruption, Mouth } from './mouth.ts';
import type { NetworkModel } from './network-model.ts';
import { encodeFrames, type FrameMs } from './opus-frames.ts';
import type { SimReply } from './reply.ts';
import { Speech, type SpokenTruth } from './speech.ts';
import type { SentPacket } from './truth.ts';
import { VoicePeer } from './voice-peer.ts';

export interface PersonOptions {
  readonly username: string;
  /** The username by default. */
  readonly displayName?: string;
  readonly bot?: boolean;
  /** Beside the role all people have. */
  readonly roles?: readonly SimRole[];
  readonly network?: NetworkModel;
  /** Whether what the others say is decrypted, decoded and kept; as the simulator's option says by default. */
  readonly hearing?: boolean;
  /** 0: a client that cannot encrypt end to end; the call is downgraded while it is there. */
  readonly maxDave?: 0 | 1;
}

export interface SpeakOptions {
  /** On top of the person's own. */
  readonly network?: NetworkModel;
  /** Milliseconds of each Opus frame; 20 by default. */
  readonly frameMs?: FrameMs;
  readonly channels?: 1 | 2;
  /** Bits per second; 64,000 by default. */
  readonly bitrate?: number;
}

export interface PeopleServices {
  readonly world: World;
  readonly voice: VoiceDirector;
  readonly hands: Hands;
  readonly scheduler: Scheduler;
  readonly turns: Turns;
  readonly random: Prng;
  readonly hearing: boolean;
  /** Milliseconds kept of what one person hears of another. */
  readonly hearingLimitMs: number;
  /** Packets kept in {@link SimPerson.truth}; the oldest go first. */
  readonly truthLimit: number;
  readonly network: () => NetworkModel;
  readonly assignSsrc: () => number;
}

/** How long speech waits for the encryption session before it starts anyway and loses its first frames. */
const READY_TIMEOUT_MS = 20_000;

/** Somebody who types, clicks, comes and goes, speaks and hears. */
export class SimPerson {
  readonly member: SimMember;
  /** Every packet this person sent, oldest first. */
  readonly truth: SentPacket[] = [];
  /** Packets that no longer fit into {@link truth}. */
  truthDropped = 0;
  /** The person's own network; may be replaced at any time, and counts from the next speech (or join) on. */
  network: NetworkModel;
  /** Whether what the others say is kept. */
  hearing: boolean;
  /** Sends garbage in valid wrapping, or no ciphertext at all in an encrypted call. */
  corruption: Corruption = 'none';
  readonly #services: PeopleServices;
  readonly #listener: Listener;
  readonly #random: Prng;
  readonly #maxDave: 0 | 1;
  #peer: VoicePeer | null = null;
  #mouth: Mouth | null = null;
  #speech: Speech | null = null;
  #connections = 0;

  constructor(member: SimMember, options: PersonOptions, services: PeopleServices) {
    this.member = member;
    this.network = options.network ?? {};
    this.hearing = options.hearing ?? services.hearing;
    this.#maxDave = options.maxDave ?? 1;
    this.#services = services;
    this.#listener = new Listener(services.hearingLimitMs);
    this.#random = services.random.fork(`person:${member.userId}`);
  }

  get userId(): string {
    return this.member.userId;
  }

  get username(): string {
    return this.member.user.username;
  }

  get displayName(): string {
    return this.member.user.displayName;
  }

  get voiceState(): VoiceState | null {
    return this.member.guild.voiceStates.get(this.userId) ?? null;
  }

  /** What was heard, by user id. */
  get heard(): ReadonlyMap<string, Heard> {
    return this.#listener.heard;
  }

  /** The SSRC in the present call; null outside. */
  get ssrc(): number | null {
    return this.#peer?.ssrc ?? null;
  }

  /** The call's voice privacy code as this person's client shows it; empty without end-to-end encryption. */
  get privacyCode(): string {
    return this.#peer?.dave.privacyCode ?? '';
  }

  /** Whether frames can be sent now: in a call, and with keys if the call is encrypted. */
  get canSend(): boolean {
    return this.#peer?.dave.canSend ?? false;
  }

  get isSpeaking(): boolean {
    return this.#speech !== null;
  }

  /** Direct messages with the bot, when there are any. */
  get directMessages(): SimChannel | null {
    return [...this.#services.world.channels.values()].find(({ recipient }) => recipient?.id === this.userId) ?? null;
  }

  /** Joins a voice channel. Rejects with `missing_permission` or `channel_full`. */
  async join(channel: SimChannel, self: Pick<VoiceChange, 'selfMute' | 'selfDeaf'> = {}): Promise<void> {
    this.#services.voice.enter(this.member, channel, self);
  }

  /** Goes to another channel by himself. */
  async move(channel: SimChannel): Promise<void> {
    this.#services.voice.enter(this.member, channel, {});
  }

  async leave(): Promise<void> {
    this.#services.voice.leave(this.member);
  }

  setMute(on: boolean): void {
    this.#services.voice.change(this.member, { selfMute: on });
  }

  /** As in the client, deafening mutes too, and the other way round. */
  setDeaf(on: boolean): void {
    this.#services.voice.change(this.member, { selfDeaf: on, selfMute: on });
  }

  /** Starts or ends a Go Live stream: only its flag, no video is sent. */
  setStream(on: boolean): void {
    this.#services.voice.change(this.member, { selfStream: on });
  }

  /** On a stage: true is the audience. */
  setSuppressed(on: boolean): void {
    this.#services.voice.change(this.member, { suppress: on });
  }

  /**
   * Speaks in real time and resolves with what was sent. Waits for the encryption session first, as a client does
   * before it opens the microphone. Rejects with `not_in_voice`, `muted` (by himself) or `already_speaking`.
   */
  async speak(source: SpeechSource, options: SpeakOptions = {}): Promise<SpokenTruth> {
    const { frameMs = 20, channels = 2, bitrate } = options;
    const encoding = { frameMs, channels, ...(bitrate !== undefined && { bitrate }) };
    const frames = 'packets' in source ? source.packets.values() : encodeFrames(await loadAudio(source), encoding);
    this.#checkCanSpeak();
    await this.#untilReady();
    this.#checkCanSpeak();
    const network = { ...this.#services.network(), ...this.network, ...options.network };
    const { scheduler, world } = this.#services;
    const speech = new Speech({ frames, frameMs, network, scheduler, mouth: () => this.#mouth });
    this.#speech = speech;
    world.changes.notify();
    const spoken = await speech.done;
    this.#speech = null;
    world.changes.notify();
    return spoken;
  }

  /** Ends the speech under way. */
  stopSpeaking(): void {
    this.#speech?.stop();
  }

  /** Posts a message. Rejects with `missing_permission`. */
  async type(channel: SimChannel, content: string): Promise<SimMessage> {
    return this.#services.hands.type(this, channel, content);
  }

  async edit(message: SimMessage, content: string): Promise<void> {
    this.#services.hands.edit(message, content);
  }

  async delete(message: SimMessage): Promise<void> {
    this.#services.hands.delete(message);
  }

  /** Runs a slash command, `name sub` for a subcommand; resolves with the bot's first answer. */
  slash(name: string, options?: SlashOptions): Promise<SimReply> {
    return this.#services.hands.slash(this, name, options);
  }

  /** What the bot proposes while `option` of a command is being typed. */
  autocomplete(name: string, option: string, typed: string, options?: SlashOptions): Promise<readonly unknown[]> {
    return this.#services.hands.autocomplete(this, name, option, typed, options);
  }

  /** Fills in and sends off the modal that an answer is. */
  submit(reply: SimReply, values: Readonly<Record<string, string>>, options?: UntilOptions): Promise<SimReply> {
    return this.#services.hands.submit(this, reply, values, options);
  }

  /** Clicks a button (by custom id, or its label); resolves with the bot's first answer. */
  click(message: SimMessage, customId: string, options?: UntilOptions): Promise<SimReply> {
    return this.#services.hands.use(this, message, customId, undefined, options);
  }

  /** Chooses in a menu. */
  select(message: SimMessage, customId: string, values: readonly string[], options?: UntilOptions): Promise<SimReply> {
    return this.#services.hands.use(this, message, customId, values, options);
  }

  /** Called by the voice side when the person's place changes. */
  place(call: Call | null): void {
    this.#peer?.disconnect();
    this.#peer = null;
    this.#mouth = null;
    if (!call) return;
    const { scheduler, turns, world } = this.#services;
    this.#connections += 1;
    const network = { ...this.#services.network(), ...this.network };
    const peer = new VoicePeer({
      userId: this.userId,
      ssrc: network.ssrc ?? this.#services.assignSsrc(),
      maxDave: this.#maxDave,
      call,
      listener: this.#listener,
      isHearing: () => this.hearing,
      voiceState: () => this.voiceState,
      turns,
      notify: () => world.changes.notify(),
    });
    this.#peer = peer;
    this.#mouth = new Mouth({
      peer,
      scheduler,
      random: this.#random.fork(`connection:${this.#connections}`),
      network,
      corruption: () => this.corruption,
      record: (packet) => this.#record(packet),
    });
    peer.connect();
  }

  #record(packet: SentPacket): void {
    this.truth.push(packet);
    if (this.truth.length <= this.#services.truthLimit) return;
    this.truth.shift();
    this.truthDropped += 1;
  }

  #checkCanSpeak(): void {
    if (!this.voiceState) throw new SimError('not_in_voice', `${this.username} is in no voice channel.`);
    if (this.voiceState.selfMute) throw new SimError('muted', `${this.username} has muted himself.`);
    if (this.#speech)
      throw new SimError('already_speaking', `${this.username} is speaking already; stopSpeaking() first.`);
  }

  /** Alone in an encrypted call there are no keys and nobody to hear, so nothing is waited for. */
  async #untilReady(): Promise<void> {
    const { changes } = this.#services.world;
    const isReady = (): boolean => {
      const peer = this.#peer;
      const others = [...(peer?.call.members.values() ?? [])].filter((other) => other !== peer && other.maxDave > 0);
      return !peer || peer.dave.canSend || others.length === 0;
    };
    await changes.until(isReady, { timeoutMs: READY_TIMEOUT_MS, what: 'encryption' }).catch((error: unknown) => {
      if (!(error instanceof SimError) || error.code !== 'timeout') throw error;
    });
  }
}
