import type { AddressReason } from './address-reason.ts';
import type { FloorDraft } from './floor-draft.ts';
import { capturesOf, type Heard, type Reply, speakersOf, type Turn } from './floor-state.ts';

/** How long a turn waits for somebody else who is speaking to the bot as well, ms. */
export const holdMs = 1500;
/** A turn that could not be answered for this long is not answered any more, ms. */
export const staleMs = 20_000;
/** A reply of which nothing came for this long is given up, ms: longer than any provider, or question about a tool, takes. */
export const unansweredMs = 120_000;

/** A turn is asked for under a name of its own each time: what comes late of one that was withdrawn is nobody's. */
const newTurnId = (draft: FloorDraft): string => {
  draft.turns += 1;
  return `turn-${draft.turns}`;
};

/** Several turns as one: answered together, with the first's reason. */
const merged = (draft: FloorDraft, turns: readonly [Turn, ...Turn[]]): Turn => {
  const [first, ...rest] = turns;
  if (rest.length === 0) return first;
  return { ...first, turnId: newTurnId(draft), said: turns.flatMap(({ said }) => said) };
};

/** What somebody said is to be answered. */
export const enqueueTurn = (draft: FloorDraft, { captureId, userId }: Heard, why: AddressReason): void => {
  const turn: Turn = { turnId: newTurnId(draft), said: [{ captureId, userId }], why, readyAt: draft.nowMs };
  draft.queue = [...draft.queue, turn];
};

/** Takes back a reply nobody has heard yet; its turn waits again, before the others. */
export const withdrawReply = (draft: FloorDraft, reply: Reply, why: 'superseded' | 'speaker_excluded'): void => {
  draft.do({ type: 'withdraw_reply', turnId: reply.turn.turnId, why });
  draft.reply = null;
  draft.queue = [{ ...reply.turn, turnId: newTurnId(draft) }, ...draft.queue];
};

/** Gives up a reply of which nothing came for so long that nothing will; whoever waited for it may ask again. */
export const giveUpReply = (draft: FloorDraft): void => {
  const { reply, nowMs } = draft;
  if (!reply || reply.phase === 'speaking' || nowMs - reply.newsAt < unansweredMs) return;
  draft.do({ type: 'withdraw_reply', turnId: reply.turn.turnId, why: 'unanswered' });
  draft.reply = null;
};

/** Nothing of a person is answered any more; whoever asked together with them still is. */
export const forgetSpeaker = (draft: FloorDraft, userId: string): void => {
  const { reply } = draft;
  if (reply && reply.phase !== 'speaking' && speakersOf(reply.turn).includes(userId)) {
    withdrawReply(draft, reply, 'speaker_excluded');
  }
  draft.queue = draft.queue
    .map((turn) => ({ ...turn, said: turn.said.filter((piece) => piece.userId !== userId) }))
    .filter(({ said }) => said.length > 0);
};

const isOpen = ({ endedAt, given, why }: Heard): boolean => endedAt === null && given && why !== null;

/** When the queue may be asked at the latest; null: at once. Somebody who goes on is waited for, others only for a while. */
export const heldUntil = (queue: readonly Turn[], heard: Iterable<Heard>, nowMs: number): number | null => {
  const open = [...heard].filter(isOpen);
  if (open.length === 0) return null;
  const speakers = queue.flatMap(speakersOf);
  if (open.some(({ userId }) => speakers.includes(userId))) return Number.POSITIVE_INFINITY;
  const until = Math.min(...queue.map(({ readyAt }) => readyAt)) + holdMs;
  return until > nowMs ? until : null;
};

const dropStale = (draft: FloorDraft): void => {
  const { queue, nowMs } = draft;
  const stale = queue.filter(({ readyAt }) => nowMs - readyAt >= staleMs);
  if (stale.length === 0) return;
  draft.queue = queue.filter((turn) => !stale.includes(turn));
  for (const { captureId, userId } of stale.flatMap(({ said }) => said)) {
    draft.do({ type: 'discard_capture', captureId, userId, why: 'stale' });
  }
};

/** Asks for what waits, if the floor is free: the newest words supersede a reply not heard yet, and are answered together with it. */
export const askNext = (draft: FloorDraft): void => {
  dropStale(draft);
  if (draft.queue.length === 0 || draft.speech.phase !== 'silent') return;
  if (heldUntil(draft.queue, draft.heard.values(), draft.nowMs) !== null) return;
  if (draft.reply?.phase === 'speaking') return;
  if (draft.reply) withdrawReply(draft, draft.reply, 'superseded');
  const [first, ...rest] = draft.queue;
  if (!first) return;
  const turn = merged(draft, [first, ...rest]);
  draft.queue = [];
  draft.reply = { turn, phase: 'asked', generated: false, newsAt: draft.nowMs };
  const { turnId, why } = turn;
  draft.do({ type: 'request_reply', turnId, captureIds: capturesOf(turn), speakers: speakersOf(turn), why });
};
