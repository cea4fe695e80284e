import { bargeInOf, echoFrom } from './barge-in-rules.ts';
import type { FloorDraft } from './floor-draft.ts';
import type { Heard } from './floor-state.ts';

const isPausedFor = (draft: FloorDraft, { captureId }: Heard): boolean =>
  draft.speech.phase === 'paused' && draft.speech.captureId === captureId;

/** Judges somebody who speaks over the bot, and pauses, resumes or cuts it. */
export const judgeOverlap = (draft: FloorDraft, heard: Heard): void => {
  if (heard.overlap !== 'judging' && heard.overlap !== 'passed') return;
  const { speech, config, nowMs } = draft;
  if (speech.phase !== 'speaking' && speech.phase !== 'paused') return;
  const mine = isPausedFor(draft, heard);
  const decision = bargeInOf({
    config,
    isPartner: draft.reply === null || draft.partners.includes(heard.userId),
    loudMs: heard.loudMs,
    echo: heard.echo,
    text: heard.text,
    final: heard.final,
    ended: heard.endedAt !== null,
    pausedMs: mine && speech.phase === 'paused' ? nowMs - speech.at : null,
    resumed: heard.resumed,
  });
  const { captureId, userId } = heard;
  switch (decision.do) {
    case 'wait':
      return;
    case 'pause':
      // Paused for somebody else already: the first one's words decide, then these.
      if (speech.phase === 'paused') return;
      draft.speech = { phase: 'paused', at: nowMs, captureId };
      draft.do({ type: 'pause_speech', byUserId: userId, captureId });
      return;
    case 'ignore':
      pass(draft, heard, decision.why);
      return;
    case 'resume':
      draft.speech = { phase: 'speaking' };
      draft.change(captureId, { resumed: true });
      draft.do({ type: 'resume_speech', why: decision.why });
      pass(draft, heard, decision.why);
      return;
    case 'cut':
      draft.speech = { phase: 'cut', at: nowMs };
      draft.change(captureId, { overlap: 'took_floor' });
      draft.decide('barge_in', heard, decision.why);
      draft.do({ type: 'cut_speech', byUserId: userId, captureId, why: decision.why });
      return;
  }
};

/** Said once for each verdict; words that come later may still change it. */
const pass = (draft: FloorDraft, heard: Heard, why: string): void => {
  if (heard.overlap !== 'passed') draft.decide('barge_in', heard, why);
  draft.change(heard.captureId, { overlap: 'passed' });
};

/**
 * The bot begins to speak. Those it answers, if they have just begun to say more, now speak over it; others who talk among
 * themselves did not begin over it and do not stop it.
 */
export const beginOverlaps = (draft: FloorDraft): void => {
  for (const { captureId, userId, endedAt, overlap, given } of draft.heard.values()) {
    if (endedAt === null && overlap === 'none' && !given && draft.partners.includes(userId)) {
      draft.change(captureId, { overlap: 'judging' });
    }
  }
};

/** Speech over the bot that may have been meant for it, though nobody can tell its words yet, ms. */
const meantMs = 500;

/** Whether what was said over the bot waits for its end, to be judged then: only a model that is given it tells its words. */
export const waitsForSilence = ({ config, speech }: FloorDraft, { overlap, loudMs, echo }: Heard): boolean =>
  config.words === 'provider' &&
  speech.phase !== 'silent' &&
  (overlap === 'judging' || overlap === 'passed') &&
  loudMs >= meantMs &&
  !isEcho(echo);

const isEcho = (echo: number | null): boolean => echo !== null && echo >= echoFrom;

/** What becomes of somebody's speech over the bot when it falls silent; null: nothing else. */
const afterSpeech = (
  { config, nowMs }: FloorDraft,
  { overlap, endedAt, echo, loudMs }: Heard,
): Partial<Heard> | null => {
  const tellsLater = config.words === 'provider' && !isEcho(echo);
  if (tellsLater && endedAt !== null && loudMs >= meantMs) return { overlap: 'late', endedAt: nowMs };
  if (overlap === 'judging') return { overlap: 'none' };
  if (endedAt !== null || isEcho(echo)) return null;
  if (tellsLater) return { overlap: 'late' };
  // Without any words only what is still to come of it counts.
  return config.words === 'none' ? { overlap: 'none', loudMs: 0 } : null;
};

/**
 * The bot fell silent: what was only being judged is ordinary speech now. Where words cannot be told while it speaks, so is what was passed
 * over and goes on, and what was long enough to be told by its words.
 */
export const endOverlaps = (draft: FloorDraft): void => {
  for (const heard of draft.heard.values()) {
    const change = heard.overlap === 'judging' || heard.overlap === 'passed' ? afterSpeech(draft, heard) : null;
    if (change !== null) draft.change(heard.captureId, change);
  }
};
