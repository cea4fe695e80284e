import { wordsWithinMs } from './barge-in-rules.ts';
import { learnPause } from './endpointing.ts';
import { discard, endLostMs, follow, forget, pauseOf, wordsWaitMs } from './floor-captures.ts';
import { FloorDraft } from './floor-draft.ts';
import { beginOverlaps, endOverlaps } from './floor-overlap.ts';
import { askNext, giveUpReply, heldUntil, staleMs, unansweredMs } from './floor-queue.ts';
import { acquaintanceOf, type FloorState } from './floor-state.ts';
import type { FloorEffect, FloorEvent } from './floor-types.ts';

/** How soon somebody goes on whose turn was ended too early, ms after they paused. */
const tooEarlyMs = 1200;
/** How long a cut may take until it is told that the bot is silent, ms. */
const cutPatienceMs = 5000;

/** The next state of the floor at `nowMs` (one monotonic clock), and what is to be done, in order. Pure. */
export const stepFloor = (
  state: FloorState,
  event: FloorEvent,
  nowMs: number,
): { readonly state: FloorState; readonly effects: readonly FloorEffect[] } => {
  const draft = new FloorDraft(state, nowMs);
  take(draft, event);
  // Nobody is left waiting for ever, whoever forgets to tell what became of it.
  if (draft.speech.phase === 'cut' && nowMs - draft.speech.at >= cutPatienceMs) speechOver(draft);
  giveUpReply(draft);
  for (const captureId of [...draft.heard.keys()]) follow(draft, captureId);
  askNext(draft);
  return { state: draft.state, effects: draft.effects };
};

const take = (draft: FloorDraft, event: FloorEvent): void => {
  switch (event.type) {
    case 'configured':
      draft.config = event.config;
      return;
    case 'people':
      draft.people = event.people;
      for (const { userId, heard } of event.people) if (!heard) forget(draft, userId);
      return;
    case 'music':
      draft.music = event.on;
      return;
    case 'capture_started':
      captureStarted(draft, event.captureId, event.userId);
      return;
    case 'capture_audio': {
      const heard = draft.heard.get(event.captureId);
      if (!heard || heard.endedAt !== null) return;
      const echo = event.echo === null ? heard.echo : Math.max(heard.echo ?? 0, event.echo);
      draft.change(event.captureId, { loudMs: heard.loudMs + event.loudMs, echo, newsAt: draft.nowMs });
      return;
    }
    case 'capture_paused':
      draft.change(event.captureId, { paused: { at: draft.nowMs, cause: event.cause }, newsAt: draft.nowMs });
      return;
    case 'capture_resumed':
      captureResumed(draft, event.captureId);
      return;
    case 'capture_ended':
      captureEnded(draft, event.captureId, event.reason);
      return;
    case 'words':
      if (draft.heard.get(event.captureId)?.final === false) {
        draft.change(event.captureId, { text: event.text, final: event.final });
      }
      return;
    case 'turn_guess':
      draft.change(event.captureId, { guess: event.finished });
      return;
    case 'reply':
      replied(draft, event.turnId, event.phase);
      return;
    case 'speech_over': {
      const { reply } = draft;
      // What is told late of a reply that was given up does not end the one that is heard now.
      const isLate = event.turnId !== null && reply?.phase === 'speaking' && reply.turn.turnId !== event.turnId;
      if (!isLate) speechOver(draft);
      return;
    }
    case 'speech_unasked':
      if (!event.on) speechOver(draft);
      else if (draft.speech.phase === 'silent') speechBegan(draft);
      return;
    case 'tick':
      return;
  }
};

const captureStarted = (draft: FloorDraft, captureId: string, userId: string): void => {
  const { nowMs, speech } = draft;
  const { endedEarlyAt, usualPauseMs } = acquaintanceOf(draft, userId);
  if (nowMs - endedEarlyAt <= tooEarlyMs) {
    draft.know(userId, {
      usualPauseMs: learnPause(usualPauseMs, nowMs - endedEarlyAt),
      endedEarlyAt: Number.NEGATIVE_INFINITY,
    });
  }
  draft.heard.set(captureId, {
    captureId,
    userId,
    startedAt: nowMs,
    ...{ loudMs: 0, newsAt: nowMs },
    echo: null,
    text: '',
    final: false,
    guess: null,
    paused: null,
    given: false,
    why: null,
    overlap: speech.phase === 'speaking' || speech.phase === 'paused' ? 'judging' : 'none',
    resumed: false,
    endedAt: null,
  });
};

const captureResumed = (draft: FloorDraft, captureId: string): void => {
  const heard = draft.heard.get(captureId);
  if (!heard?.paused) return;
  const { usualPauseMs } = acquaintanceOf(draft, heard.userId);
  draft.know(heard.userId, { usualPauseMs: learnPause(usualPauseMs, draft.nowMs - heard.paused.at) });
  draft.change(captureId, { paused: null, guess: null, newsAt: draft.nowMs });
};

const captureEnded = (
  draft: FloorDraft,
  captureId: string,
  reason: 'silence' | 'max_length' | 'stopped' | 'left' | 'excluded' | 'lost',
): void => {
  const heard = draft.heard.get(captureId);
  if (!heard) return;
  if (reason === 'excluded') forget(draft, heard.userId);
  else if (reason === 'lost') discard(draft, heard, 'lost');
  else if (heard.endedAt === null) draft.change(captureId, { endedAt: draft.nowMs });
};

const replied = (draft: FloorDraft, turnId: string, phase: 'started' | 'speaking' | 'generated' | 'failed'): void => {
  const { reply } = draft;
  if (reply?.turn.turnId !== turnId) return;
  switch (phase) {
    case 'started':
      if (reply.phase !== 'speaking') draft.reply = { ...reply, phase: 'started', newsAt: draft.nowMs };
      return;
    case 'speaking':
      draft.reply = { ...reply, phase: 'speaking' };
      speechBegan(draft);
      return;
    case 'generated':
      draft.reply = { ...reply, generated: true };
      // A reply in writing, or none at all: there is nothing to be heard out.
      if (reply.phase !== 'speaking') replyOver(draft);
      return;
    case 'failed':
      if (reply.phase !== 'speaking') draft.reply = null;
      return;
  }
};

const speechBegan = (draft: FloorDraft): void => {
  draft.speech = { phase: 'speaking' };
  beginOverlaps(draft);
};

const speechOver = (draft: FloorDraft): void => {
  draft.speech = { phase: 'silent' };
  endOverlaps(draft);
  if (draft.reply?.phase === 'speaking') replyOver(draft);
};

/** The bot has answered: what its partners say now is a reply to it. */
const replyOver = (draft: FloorDraft): void => {
  for (const userId of draft.partners) draft.know(userId, { engagedUntil: draft.nowMs + draft.config.engagedMs });
  draft.reply = null;
};

/** When a `tick` is needed at the latest, on the same clock; null: nothing waits for time. */
export const floorDueAt = (state: FloorState, nowMs: number): number | null => {
  const due: number[] = [];
  for (const heard of state.heard.values()) {
    const { paused, endedAt, newsAt } = heard;
    if (endedAt !== null) due.push(endedAt + wordsWaitMs, endedAt + staleMs);
    else due.push(newsAt + state.config.silenceMs + endLostMs);
    if (endedAt === null && paused) due.push(paused.at + pauseOf(state, heard, paused.cause).waitMs);
  }
  if (state.speech.phase === 'cut') due.push(state.speech.at + cutPatienceMs);
  if (state.reply && state.reply.phase !== 'speaking') due.push(state.reply.newsAt + unansweredMs);
  if (state.speech.phase === 'paused') due.push(state.speech.at + wordsWithinMs);
  if (state.queue.length > 0 && state.speech.phase === 'silent') {
    const until = heldUntil(state.queue, state.heard.values(), nowMs);
    if (until !== null && Number.isFinite(until)) due.push(until);
  }
  const later = due.filter((at) => at > nowMs);
  return later.length === 0 ? null : Math.min(...later);
};
