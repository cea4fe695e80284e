import type { AgentRestCause } from '../../session/agent-rest.ts';
import type { AgentClient, AgentState } from '../../session/join/agent-connector.ts';
import { settlesWithin } from '../../vox/settles-within.ts';
import { Initiative } from '../initiative/initiative.ts';
import type { CloseCode } from '../provider/provider-event.ts';
import type { SaidText, UnaskedWish } from '../replies/reply-path.ts';
import type { FloorEffect, FloorEvent } from '../turns/index.ts';
import type { BudgetRefusal } from './agent-budget.ts';
import { agentNotices } from './agent-notices.ts';
import { type AgentParts, type AgentPartsMaker, floorConfigOf } from './agent-parts.ts';
import { voiceFor } from './agent-voice.ts';
import { FloorDriver } from './floor-driver.ts';
import { OutageNotice } from './outage-notice.ts';
import { Purse } from './purse.ts';
import { RestKeeper } from './rest-keeper.ts';
import { TurnBook } from './turn-book.ts';
import { WakeWatch } from './wake-watch.ts';

/** How long tools of other servers are waited for before the provider is connected, ms. */
const toolsWaitMs = 1500;

/**
 * The agent of one session. A composition: hearing keeps what is said until the floor has decided, replies turn it into answers,
 * the speaker has them heard; this carries events and decisions between them, and rests when it is time. Its failures cost answers,
 * never the recording.
 */
export class SessionAgent implements AgentClient {
  readonly #parts: AgentParts;
  readonly #floor: FloorDriver;
  readonly #rest: RestKeeper;
  readonly #watch: WakeWatch;
  readonly #initiative: Initiative;
  readonly #scope = new AsyncDisposableStack();
  readonly #turns: TurnBook;
  readonly #purse: Purse;
  readonly #outage: OutageNotice<CloseCode>;
  #phase: AgentState['phase'] = 'joining';
  #muted = false;

  constructor(make: AgentPartsMaker) {
    const parts = make({
      heard: (event) => this.#heard(event),
      provider: (event) => parts.replies.event(event),
      linkReady: () => this.#linkReady(),
      linkFailed: (code, error) => this.#linkFailed(code, error),
      replies: {
        floor: (event) => this.#tell(event),
        stage: (turnId, stage, leadingSilenceMs) => parts.traces.stage(turnId, stage, leadingSilenceMs),
        said: (said) => this.#said(said),
        wrote: (text) => parts.host.announcer.say({ kind: 'agent_reply', details: { text } }),
        understood: (captureId, text, final) => this.#understood(captureId, text, final),
      },
      spent: (refusal) => this.spent(refusal),
    });
    this.#parts = parts;
    this.#turns = new TurnBook(parts.traces, parts.hearing, parts.memory);
    const { clock, limits } = parts;
    this.#floor = new FloorDriver({ clock, config: floorConfigOf(parts), effect: (effect) => this.#do(effect) });
    this.#watch = new WakeWatch({
      wakeNames: () => floorConfigOf(parts).wakeNames,
      onCalled: (events) => this.#called(events),
      onOther: (captureId) => void parts.hearing.discard(captureId),
    });
    this.#rest = new RestKeeper({
      ...{ clock, limits },
      on: {
        warn: (remainingMs) => parts.host.announcer.say({ kind: 'agent_rest_near', details: { remainingMs } }),
        rest: (cause) => this.#toRest(cause),
        woken: () => this.#awake('woken'),
      },
    });
    const notices = agentNotices(parts);
    this.#purse = new Purse({
      budget: parts.budget,
      empty: () => this.#rest.tell({ type: 'sent', cause: 'budget_exhausted' }),
      personSpent: notices.personSpent,
    });
    this.#scope.use(parts.tools);
    this.#scope.use(parts.link);
    this.#scope.use(parts.recognizer);
    this.#scope.use(parts.replies);
    this.#scope.use(parts.hearing);
    this.#scope.use(this.#floor);
    this.#scope.use(this.#rest);
    this.#outage = this.#scope.use(new OutageNotice({ clock, tell: notices }));
    this.#initiative = this.#scope.use(
      new Initiative({
        ...{ clock, random: parts.random },
        situation: () => this.#situation,
        speak: () => this.say(parts.thought()),
      }),
    );
    this.#scope.use(this.#turns);
    this.#scope.use(parts.memory?.follow({ context: parts.refresh, thread: () => this.#forget(null) }));
    this.#scope.use(parts.host.voxproc.listen(voiceFor(parts.hearing, parts.speaker, () => this.#spoken())));
  }

  get state(): AgentState {
    const { vendor } = this.#parts;
    return {
      phase: this.#phase,
      resting: this.#phase === 'resting' ? this.#rest.resting : null,
      speaking: this.#floor.state.speech.phase !== 'silent',
      ...{ silent: this.#outage.isOut, vendor, usd: this.#purse.usd },
    };
  }

  async connect(signal: AbortSignal): Promise<void> {
    const { clock, tools, loadConsents } = this.#parts;
    // The model is told at once what it may call; a server that takes longer than this is heard of with the next socket.
    await Promise.all([loadConsents(), tools && settlesWithin(clock, toolsWaitMs, tools.ready)]);
    this.#parts.room.refresh();
    if (this.#parts.needsLink) await this.#parts.link.connect(signal);
  }

  /** The session lives: it may listen. */
  live(): void {
    if (this.#phase !== 'joining') return;
    this.#phase = 'awake';
    this.peopleChanged();
    this.#log('live', null);
    this.#parts.refresh();
    this.#parts.prepare(this.#parts.host.info.requestedByUserId);
    this.#parts.hearing.listen();
    const { state } = this.#parts.link;
    if (state.kind === 'failed') this.#outage.lost(state.code);
  }

  async greet(): Promise<void> {
    const { host, greeting } = this.#parts;
    if (host.guildSettings.initiativeEagerness > 0) this.say(greeting());
  }

  /** Who is there, or who may be heard, has changed: whoever may not be heard is forgotten at once. */
  peopleChanged(): void {
    const { room, hearing } = this.#parts;
    const before = room.heard;
    this.#floor.tell({ type: 'people', people: room.refresh() });
    void hearing.peopleChanged();
    const withdrawn = room.withdrawnFrom(before);
    if (withdrawn.length > 0) this.#forget(withdrawn);
  }

  /** Somebody decided whether the AI may hear them. */
  consentDecided(userId: string, decision: 'opted_in' | 'opted_out'): void {
    this.#parts.consents.decide(userId, decision);
    this.peopleChanged();
    if (decision === 'opted_out') this.#forget([userId]);
  }

  /** The guild's settings changed. */
  settingsChanged(): void {
    const { consents, host } = this.#parts;
    consents.restrict(host.guildSettings);
    consents.allow();
    this.#floor.tell({ type: 'configured', config: floorConfigOf(this.#parts) });
    this.peopleChanged();
  }

  /** Music began or ended: while it plays only those who called the agent lately are heard. */
  music(on: boolean): void {
    this.#floor.tell({ type: 'music', on });
    this.#rest.tell({ type: 'music', on });
  }

  muted(on: boolean): void {
    this.#muted = on;
    if (on) this.#parts.replies.cut();
  }

  /** Wakes it, by command. @returns false: it has spent what it may */
  wake(): boolean {
    if (this.#purse.refuses([])) return false;
    this.#rest.tell({ type: 'woken' });
    this.#open();
    return true;
  }

  /** Something was paid for. @param refusal a cap that is reached by it; null: none */
  spent(refusal: BudgetRefusal | null): void {
    this.#purse.spent(refusal);
  }

  /** Sends it to rest, by command. */
  sendToRest(): void {
    this.#rest.tell({ type: 'sent', cause: 'commanded' });
  }

  /** Says something of its own accord. @returns false: it cannot now */
  say(wish: UnaskedWish): boolean {
    const { replies } = this.#parts;
    if (this.#phase !== 'awake' || this.#floor.state.speech.phase !== 'silent' || this.#floor.state.reply) return false;
    if (this.#muted || this.#purse.refuses(wish.speakers)) return false;
    return replies.say(wish);
  }

  async quiet(): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'quiet';
    this.#parts.replies.cut();
    this.#drop();
    await this.#parts.hearing.silence();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    await this.#scope.disposeAsync();
  }

  /** Somebody begins to speak: it is not quiet, and what the agent was about to say of its own accord is stale. */
  #spoken(): void {
    this.#initiative.heard();
    if (this.#phase === 'awake') this.#rest.tell({ type: 'speech' });
    this.#parts.replies.dropThought();
  }

  get #situation() {
    const { reply, speech, heard, music } = this.#floor.state;
    const { initiativeEagerness, addressing } = this.#parts.host.guildSettings;
    return {
      ...{ eagerness: initiativeEagerness, addressing, awake: this.#phase === 'awake', musicPlays: music },
      heardHumans: this.#parts.room.heard.size,
      answering: reply !== null || speech.phase !== 'silent',
      listening: heard.size > 0,
    };
  }

  /** What hearing says is for the floor while the agent is awake, and for its name alone while it rests. */
  #heard(event: FloorEvent): void {
    if (this.#phase === 'awake') this.#tell(event);
    else if (this.#phase === 'resting') this.#watch.take(event);
  }

  #tell(event: FloorEvent): void {
    const { reply, speech } = this.#floor.state;
    this.#turns.note(event, speech.phase === 'cut');
    if (event.type === 'speech_over') this.#initiative.heard();
    // An answer in writing, or none, is over when the model has said all of it.
    if (event.type === 'reply' && event.phase === 'generated' && reply?.phase !== 'speaking') {
      this.#turns.over(event.turnId, this.#parts.host.guildSettings.textOnlyMode ? 'written' : 'silent', 0);
    }
    this.#floor.tell(event);
  }

  #do(effect: FloorEffect): void {
    const { hearing, replies } = this.#parts;
    switch (effect.type) {
      case 'give_to_model': {
        const kept = hearing.kept(effect.captureId);
        // What cannot be paid for does not leave.
        if (kept && !this.#purse.refuses([kept.userId])) replies.give(kept);
        return;
      }
      case 'end_capture':
        this.#parts.traces.captureEnded(effect.captureId);
        void hearing.finish(effect.captureId);
        return;
      case 'request_reply':
        this.#request(effect);
        return;
      case 'withdraw_reply':
        replies.withdraw(effect.turnId);
        this.#turns.withdrawn(effect.turnId);
        return;
      case 'discard_capture':
        replies.takeBack(effect.captureId);
        void hearing.discard(effect.captureId);
        return;
      case 'pause_speech':
        replies.pause();
        return;
      case 'resume_speech':
        replies.resume();
        return;
      case 'cut_speech':
        replies.cut();
        return;
      case 'decided': {
        const { about, verdict, captureId, userId } = effect;
        const { clock, log } = this.#parts;
        log({ at: clock.now(), userId, kind: 'decision', data: { about, verdict, captureId } });
        return;
      }
    }
  }

  #request({ turnId, captureIds, speakers, why }: Extract<FloorEffect, { type: 'request_reply' }>): void {
    const { replies, hearing } = this.#parts;
    this.#turns.begin({ turnId, captureIds, speakers }, why);
    const payers = this.#muted ? null : this.#purse.payers(speakers);
    if (payers === null) {
      this.#tell({ type: 'reply', turnId, phase: 'failed' });
      this.#purse.restIfEmpty();
      return;
    }
    // One of which nothing is kept is with the model already.
    const paid = captureIds.filter((id) => payers.includes(hearing.kept(id)?.userId ?? payers[0] ?? ''));
    replies.request({ turnId, captureIds: paid, speakers: payers });
  }

  #said(said: SaidText): void {
    this.#turns.said(said);
    const { conversation, context, room } = this.#parts;
    const { text, cutOff } = said;
    void conversation.add({ userId: null, name: room.ownNames[0], text })?.catch(this.#parts.onTrouble);
    context.interrupted(cutOff === '' ? null : { heard: text, cutOff });
  }

  /** What a person said, in words of the model that heard it. */
  #understood(captureId: string, text: string, final: boolean): void {
    const { words, hearing, conversation, room } = this.#parts;
    const kept = hearing.kept(captureId);
    if (final && kept) {
      const { userId, ms } = kept;
      this.#turns.understood(captureId, text);
      this.#parts.understoodFor(userId, ms);
      void conversation.add({ userId, name: room.nameOf(userId), text })?.catch(this.#parts.onTrouble);
    }
    if (words === 'provider') this.#tell({ type: 'words', captureId, text, final });
  }

  #linkReady(): void {
    if (this.#outage.isOut) this.#log('back', null);
    this.#outage.back();
    this.#parts.replies.linkChanged();
  }

  /** The agent is silent; it is said, and the recording goes on. A join that waits for it says it itself. */
  #linkFailed(code: CloseCode, error: unknown): void {
    const { replies, logger } = this.#parts;
    logger.warn({ err: error, code }, 'the agent has lost its provider');
    replies.linkChanged();
    this.#log('silent', code);
    if (this.#phase === 'joining') return;
    this.#outage.lost(code);
    this.#parts.gone();
  }

  #called(events: readonly FloorEvent[]): void {
    if (this.#purse.refuses([])) return;
    this.#rest.tell({ type: 'woken' });
    for (const event of events) this.#tell(event);
  }

  #toRest(cause: AgentRestCause): void {
    // Resting already, it may still be sent to hear nothing at all.
    if (this.#phase !== 'awake' && (this.#phase !== 'resting' || cause !== 'commanded')) return;
    const { replies, hearing, link, words, host } = this.#parts;
    this.#phase = 'resting';
    this.#log('resting', cause);
    replies.cut();
    this.#drop();
    this.#turns.withdrawAll();
    this.#watch.clear();
    // Only a recognizer on this host listens on: nothing leaves it while the agent rests.
    const wakes = words === 'local' && cause !== 'budget_exhausted' && cause !== 'commanded';
    void hearing.silence().then(() => {
      if (wakes && this.#phase === 'resting' && this.#rest.resting === cause) hearing.listen();
    });
    void link.close();
    void this.#parts.recognizer?.idle?.();
    const wakeName = wakes ? (floorConfigOf(this.#parts).wakeNames[0] ?? null) : null;
    const recording = host.recording.current !== null;
    // The command itself says so.
    if (cause !== 'commanded') host.announcer.say({ kind: 'agent_resting', details: { cause, wakeName, recording } });
  }

  #awake(reason: string): void {
    if (this.#phase !== 'resting') return;
    this.#phase = 'awake';
    this.#log('awake', reason);
    // It began while nobody counted.
    if (this.#floor.state.music) this.#rest.tell({ type: 'music', on: true });
    this.#open();
    this.#parts.hearing.listen();
  }

  /** What is being said, and what waits for an answer, is not answered any more. */
  #drop(): void {
    for (const captureId of this.#floor.state.heard.keys()) this.#parts.replies.takeBack(captureId);
    this.#floor.reset();
  }

  /** What people said who withdrew is told to no model again; null: nothing that was said is. */
  #forget(userIds: readonly string[] | null): void {
    const { conversation, link } = this.#parts;
    conversation.forgetAll(userIds);
    link.forgetSaid(conversation.context);
  }

  #open(): void {
    if (this.#parts.needsLink) this.#parts.link.ensure(true);
  }

  #log(state: string, reason: string | null): void {
    const { clock, log } = this.#parts;
    log({ at: clock.now(), userId: null, kind: 'state', data: { state, reason } });
  }
}
