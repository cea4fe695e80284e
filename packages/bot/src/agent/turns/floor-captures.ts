import { type AddressVerdict, addressOf } from './address.ts';
import type { AddressReason, IgnoreReason } from './address-reason.ts';
import { bargeInMs, echoFrom } from './barge-in-rules.ts';
import { endpointOf } from './endpointing.ts';
import type { FloorDraft } from './floor-draft.ts';
import { judgeOverlap, waitsForSilence } from './floor-overlap.ts';
import { enqueueTurn, forgetSpeaker, staleMs, withdrawReply } from './floor-queue.ts';
import { acquaintanceOf, type FloorState, type Heard, speakersOf } from './floor-state.ts';
import { isBackchannel, onlySaysStop } from './speech-act.ts';
import { tokensOf } from './words.ts';

/** Speech above the gate that opens a capture to the model, ms: three frames are no click. */
export const gateMs = 60;
/** Less speech than this is no turn, unless words were understood in it, ms. */
export const minTurnMs = 200;
/** How long the words of a finished capture are waited for, ms. */
export const wordsWaitMs = 1500;
/** A capture of which nothing is told for this much longer than a turn's silence has lost its end, ms. */
export const endLostMs = 3000;
/** Speech by which somebody who talks to others has taken up the conversation, ms. */
const otherTalkMs = 500;

const verdictOf = (draft: FloorDraft, heard: Heard, final: boolean): AddressVerdict => {
  const speaker = draft.people.find(({ userId }) => userId === heard.userId);
  if (!speaker) return { for: 'others', why: 'not_heard' };
  const { engagedUntil, wokeAt } = acquaintanceOf(draft, heard.userId);
  return addressOf(
    { speaker, text: heard.text, final },
    {
      config: draft.config,
      people: draft.people,
      // What was begun in time is a reply, however long it takes.
      engaged: heard.startedAt <= engagedUntil || draft.isAnswering(heard.userId),
      music: draft.music,
      woke: draft.nowMs - wokeAt < draft.config.musicWakeMs,
    },
  );
};

/** It is for the bot: the model gets it, and whoever called the bot counts as having woken it. */
const addressed = (draft: FloorDraft, heard: Heard, why: AddressReason, called: boolean): void => {
  if (heard.why === null) draft.decide('address', heard, why);
  if (called) draft.know(heard.userId, { wokeAt: draft.nowMs });
  give(draft, draft.change(heard.captureId, { why: heard.why ?? why }) ?? heard);
};

const give = (draft: FloorDraft, { captureId, userId, given }: Heard): void => {
  if (given) return;
  draft.change(captureId, { given: true });
  draft.do({ type: 'give_to_model', captureId, userId });
};

/** Ends what is heard of a capture; it is not for the bot. */
export const discard = (draft: FloorDraft, heard: Heard, why: IgnoreReason): void => {
  const { captureId, userId, loudMs } = heard;
  draft.heard.delete(captureId);
  draft.decide('address', heard, why);
  draft.do({ type: 'discard_capture', captureId, userId, why });
  if (draft.speech.phase === 'paused' && draft.speech.captureId === captureId) {
    draft.speech = { phase: 'speaking' };
    draft.do({ type: 'resume_speech', why: 'no_words' });
  }
  const toOthers = why === 'not_addressed' || why === 'other_person_named';
  if (!toOthers || loudMs < otherTalkMs) return;
  // The conversation has gone elsewhere: what the bot's partner says next is no reply to the bot any more.
  for (const other of draft.known.keys()) {
    if (acquaintanceOf(draft, other).engagedUntil > draft.nowMs) draft.know(other, { engagedUntil: draft.nowMs });
  }
};

/** Nothing of a person is kept or answered. */
export const forget = (draft: FloorDraft, userId: string): void => {
  for (const heard of draft.heard.values()) if (heard.userId === userId) discard(draft, heard, 'not_heard');
  draft.know(userId, { engagedUntil: Number.NEGATIVE_INFINITY, wokeAt: Number.NEGATIVE_INFINITY });
  forgetSpeaker(draft, userId);
};

/** What of a finished capture makes it no turn, whoever it was meant for. */
const unusable = ({ loudMs, text, final, overlap, echo }: Heard): IgnoreReason | null => {
  const words = tokensOf(text).length > 0;
  const over = overlap === 'judging' || overlap === 'passed' || overlap === 'late';
  if (over && echo !== null && echo >= echoFrom) return 'echo';
  if (over && isBackchannel(text)) return 'backchannel';
  if (overlap === 'took_floor' && onlySaysStop(text)) return 'stop_only';
  if (final && !words) return 'no_words';
  if (!words && loudMs < minTurnMs) return 'too_quiet';
  return over && !words ? 'no_words' : null;
};

/** Whether a finished capture can be judged: its words are there, none will come, or they change nothing. */
const isSettled = (draft: FloorDraft, heard: Heard, endedAt: number): boolean => {
  if (waitsForSilence(draft, heard) && draft.nowMs - endedAt < staleMs) return false;
  if (heard.final || draft.config.words === 'none' || draft.nowMs - endedAt >= wordsWaitMs) return true;
  return heard.why !== null && heard.overlap === 'none';
};

const conclude = (draft: FloorDraft, heard: Heard): void => {
  const why = unusable(heard);
  if (why !== null) {
    discard(draft, heard, why);
    return;
  }
  const tentative = heard.why === null || heard.why === 'reply_to_bot';
  const verdict = tentative ? verdictOf(draft, heard, true) : null;
  if (verdict?.for === 'others') {
    discard(draft, heard, verdict.why);
    return;
  }
  if (verdict?.for === 'bot') addressed(draft, heard, verdict.why, verdict.call !== null);
  const reason = draft.heard.get(heard.captureId)?.why ?? null;
  draft.heard.delete(heard.captureId);
  if (reason !== null) enqueueTurn(draft, heard, reason);
};

/** As soon as it is known that a capture is for the bot, the model hears it; where only the model tells words, before that. */
const open = (draft: FloorDraft, heard: Heard): void => {
  if (heard.loudMs < gateMs || heard.overlap === 'judging' || heard.overlap === 'passed') return;
  const verdict = heard.why === null ? verdictOf(draft, heard, false) : null;
  if (verdict?.for === 'bot') addressed(draft, heard, verdict.why, verdict.call !== null);
  else if (verdict?.for === 'unknown' && draft.config.words === 'provider') give(draft, heard);
};

/** Somebody whose words are about to be answered goes on: the answer waits for the rest. */
const supersede = (draft: FloorDraft, heard: Heard): void => {
  const { reply } = draft;
  if (!reply || reply.phase === 'speaking' || heard.loudMs < bargeInMs || heard.why === null) return;
  const isNew = !reply.turn.said.some(({ captureId }) => captureId === heard.captureId);
  if (isNew && speakersOf(reply.turn).includes(heard.userId)) withdrawReply(draft, reply, 'superseded');
};

/** Whether the person has finished, before the ceiling says so. */
const endpoint = (draft: FloorDraft, heard: Heard): void => {
  const { paused, endedAt, captureId, userId, newsAt } = heard;
  if (endedAt !== null) return;
  const unheardMs = draft.nowMs - newsAt;
  if (unheardMs >= draft.config.silenceMs + endLostMs) {
    draft.decide('endpoint', heard, 'end_lost');
    draft.do({ type: 'end_capture', captureId, waitedMs: unheardMs, why: 'silence' });
    draft.change(captureId, { endedAt: draft.nowMs });
    return;
  }
  if (paused === null) return;
  const { waitMs, why } = pauseOf(draft, heard, paused.cause);
  const waitedMs = draft.nowMs - paused.at;
  if (why === 'silence' || waitedMs < waitMs) return;
  draft.know(userId, { endedEarlyAt: paused.at });
  draft.decide('endpoint', heard, why);
  draft.do({ type: 'end_capture', captureId, waitedMs, why });
  draft.change(captureId, { endedAt: draft.nowMs });
};

/** How long a pause of somebody is waited out. */
export const pauseOf = (
  state: Pick<FloorState, 'config' | 'known'>,
  { userId, text, guess }: Heard,
  cause: 'silence_frames' | 'no_packets',
) =>
  endpointOf({
    cause,
    text,
    finished: guess,
    usualMs: acquaintanceOf(state, userId).usualPauseMs,
    silenceMs: state.config.silenceMs,
  });

/** Follows one capture as far as it goes now. */
export const follow = (draft: FloorDraft, captureId: string): void => {
  for (const step of [endpoint, judgeOverlap, open, supersede]) {
    const heard = draft.heard.get(captureId);
    if (heard) step(draft, heard);
  }
  const heard = draft.heard.get(captureId);
  if (heard && heard.endedAt !== null && isSettled(draft, heard, heard.endedAt)) conclude(draft, heard);
};
