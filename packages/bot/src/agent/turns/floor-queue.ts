import type { AddressReason } from './address-reason.ts';
import type { FloorDraft } from './floor-draft.ts';
import type { Heard, Reply, Turn } from './floor-state.ts';

/** How long a turn waits for somebody else who is speaking to the bot as well, ms. */
export const holdMs = 1500;
/** A turn that could not be answered for this long is not answered any more, ms. */
export const staleMs = 20_000;

const union = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())];

/** Several turns as one: answered together, with the first's reason. */
const merged = (draft: FloorDraft, turns: readonly [Turn, ...Turn[]]): Turn => {
  const [first, ...rest] = turns;
  if (rest.length === 0) return first;
  draft.turns += 1;
  return {
    turnId: `turn-${draft.turns}`,
    captureIds: union(turns.map(({ captureIds }) => captureIds)),
    speakers: union(turns.map(({ speakers }) => speakers)),
    why: first.why,
    readyAt: first.readyAt,
  };
};

/** What somebody said is to be answered. */
export const enqueueTurn = (draft: FloorDraft, { captureId, userId }: Heard, why: AddressReason): void => {
  draft.turns += 1;
  const turn: Turn = {
    turnId: `turn-${draft.turns}`,
    captureIds: [captureId],
    speakers: [userId],
    why,
    readyAt: draft.nowMs,
  };
  draft.queue = [...draft.queue, turn];
};

/** Takes back a reply nobody has heard yet; its turn waits again, before the others. */
export const withdrawReply = (draft: FloorDraft, reply: Reply, why: 'superseded' | 'speaker_excluded'): void => {
  draft.do({ type: 'withdraw_reply', turnId: reply.turn.turnId, why });
  draft.reply = null;
  draft.queue = [reply.turn, ...draft.queue];
};

/** Nothing of a person is answered any more. */
export const forgetSpeaker = (draft: FloorDraft, userId: string): void => {
  const { reply } = draft;
  if (reply && reply.phase !== 'speaking' && reply.turn.speakers.includes(userId)) {
    withdrawReply(draft, reply, 'speaker_excluded');
  }
  draft.queue = draft.queue.filter(({ speakers }) => !speakers.includes(userId));
};

const isOpen = ({ endedAt, given, why }: Heard): boolean => endedAt === null && given && why !== null;

/** When the queue may be asked at the latest; null: at once. Somebody who goes on is waited for, others only for a while. */
export const heldUntil = (queue: readonly Turn[], heard: Iterable<Heard>, nowMs: number): number | null => {
  const open = [...heard].filter(isOpen);
  if (open.length === 0) return null;
  const speakers = union(queue.map((turn) => turn.speakers));
  if (open.some(({ userId }) => speakers.includes(userId))) return Number.POSITIVE_INFINITY;
  const until = Math.min(...queue.map(({ readyAt }) => readyAt)) + holdMs;
  return until > nowMs ? until : null;
};

const dropStale = (draft: FloorDraft): void => {
  const { queue, nowMs } = draft;
  const stale = queue.filter(({ readyAt }) => nowMs - readyAt >= staleMs);
  if (stale.length === 0) return;
  draft.queue = queue.filter((turn) => !stale.includes(turn));
  for (const { captureIds, speakers } of stale) {
    const userId = speakers[0] ?? '';
    for (const captureId of captureIds) draft.do({ type: 'discard_capture', captureId, userId, why: 'stale' });
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
  draft.reply = { turn, phase: 'asked', generated: false };
  const { turnId, captureIds, speakers, why } = turn;
  draft.do({ type: 'request_reply', turnId, captureIds, speakers, why });
};
