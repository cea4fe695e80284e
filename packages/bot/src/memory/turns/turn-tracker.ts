import type { RecordableTurn, TurnEvent } from './turn-event.ts';

interface Piece {
  readonly id: string;
  /** null: not known yet; empty: there are no words. */
  readonly text: string | null;
}

interface Item {
  readonly itemId: string;
  readonly text: string;
}

interface Response {
  readonly responseId: string;
  readonly items: readonly Item[];
  readonly finished: boolean;
}

interface ToolUse {
  readonly callId: string;
  readonly name: string;
  readonly status: 'open' | 'completed' | 'failed';
}

type Hearing =
  | { readonly state: 'unknown' }
  | { readonly state: 'whole' }
  /** null: what was heard follows from nobody's words; nothing was. */
  | { readonly state: 'cut'; readonly text: string | null }
  | { readonly state: 'lost' };

interface Tracked {
  readonly turnId: string;
  readonly speakers: readonly string[];
  readonly pieces: readonly Piece[];
  readonly responses: readonly Response[];
  readonly tools: readonly ToolUse[];
  readonly followUps: number;
  readonly hearing: Hearing;
  readonly state: 'open' | 'handed_out' | 'withdrawn';
}

/** Turns of a session that are not recorded yet, in the order they were opened; and words that came before their turn. */
export interface TurnTracker {
  readonly turns: readonly Tracked[];
  /** Final words of pieces that belong to no turn yet; the newest 64. */
  readonly early: ReadonlyMap<string, string>;
  /** Turns that are done, so that what comes late of them is told from what is new; the newest 256. */
  readonly done: readonly string[];
  /** Responses that belong to turns that are done; the newest 256. */
  readonly doneResponses: readonly string[];
  readonly closed: boolean;
}

export const emptyTracker: TurnTracker = { turns: [], early: new Map(), done: [], doneResponses: [], closed: false };

const maxEarly = 64;
const maxDone = 256;

export interface TrackerStep {
  readonly tracker: TurnTracker;
  /** To be recorded now; answered with `recorded` or `recording_failed`. One at a time. */
  readonly record: RecordableTurn | null;
}

/**
 * The turns after one more event, and the turn that is to be recorded next, if one is. A turn is recorded when all its words, responses,
 * follow-ups and tools have settled and every turn before it is done. Whatever comes twice, late, or of nothing known changes nothing.
 * Pure.
 */
export const stepTracker = (tracker: TurnTracker, event: TurnEvent): TrackerStep =>
  handOut(settle(take(tracker, event)));

const change = (tracker: TurnTracker, turnId: string, how: (turn: Tracked) => Tracked): TurnTracker => ({
  ...tracker,
  turns: tracker.turns.map((turn) => (turn.turnId === turnId && turn.state === 'open' ? how(turn) : turn)),
});

const changeResponse = (tracker: TurnTracker, id: string, how: (response: Response) => Response): TurnTracker => ({
  ...tracker,
  turns: tracker.turns.map((turn) => ({
    ...turn,
    responses: turn.responses.map((response) =>
      response.responseId === id && !response.finished ? how(response) : response,
    ),
  })),
});

const take = (tracker: TurnTracker, event: TurnEvent): TurnTracker => {
  switch (event.type) {
    case 'opened':
      return opened(tracker, event);
    case 'user_final':
      return words(tracker, event.piece, event.text.trim());
    case 'user_failed':
      return words(tracker, event.piece, '');
    case 'response_started':
      return started(tracker, event.turnId, event.responseId);
    case 'assistant_final':
      return said(tracker, event.responseId, { itemId: event.itemId, text: event.text.trim() });
    case 'response_finished':
      return changeResponse(tracker, event.responseId, (response) => ({ ...response, finished: true }));
    case 'follow_up_expected':
      return change(tracker, event.turnId, (turn) => ({ ...turn, followUps: turn.followUps + 1 }));
    case 'follow_up_failed':
      return change(tracker, event.turnId, (turn) => ({ ...turn, followUps: Math.max(0, turn.followUps - 1) }));
    case 'tool_called':
      return change(tracker, event.turnId, (turn) => ({ ...turn, tools: called(turn.tools, event) }));
    case 'tool_settled':
      return {
        ...tracker,
        turns: tracker.turns.map((turn) => ({
          ...turn,
          tools: turn.tools.map((tool) =>
            tool.callId === event.callId && tool.status === 'open' ? { ...tool, status: event.status } : tool,
          ),
        })),
      };
    case 'heard':
      return change(tracker, event.turnId, (turn) =>
        turn.hearing.state === 'unknown'
          ? { ...turn, hearing: event.interrupted ? { state: 'cut', text: event.text } : { state: 'whole' } }
          : turn,
      );
    case 'connection_lost':
      return change(tracker, event.turnId, lost);
    case 'withdrawn':
      return change(tracker, event.turnId, (turn) => ({ ...turn, state: 'withdrawn' }));
    case 'forgotten':
      return forgotten(tracker, event.userId);
    case 'recorded':
      return done(tracker, [event.turnId]);
    case 'recording_failed':
      return {
        ...tracker,
        turns: tracker.turns.map((turn) =>
          turn.turnId === event.turnId && turn.state === 'handed_out' ? { ...turn, state: 'open' } : turn,
        ),
      };
    case 'closed':
      return {
        ...tracker,
        turns: tracker.turns.map((turn) => (turn.state === 'open' ? ended(turn) : turn)),
        closed: true,
      };
  }
};

const opened = (
  tracker: TurnTracker,
  { turnId, pieces, speakers }: Extract<TurnEvent, { type: 'opened' }>,
): TurnTracker => {
  const known =
    tracker.done.includes(turnId) || tracker.turns.some((turn) => turn.turnId === turnId && turn.state !== 'withdrawn');
  if (known || tracker.closed) return tracker;
  // Pieces of a turn that was withdrawn are answered in this one; their words go along.
  const before = tracker.turns.filter(({ state }) => state === 'withdrawn').flatMap((turn) => turn.pieces);
  const textOf = (id: string): string | null =>
    before.find((piece) => piece.id === id)?.text ?? tracker.early.get(id) ?? null;
  const turn: Tracked = {
    turnId,
    speakers,
    pieces: pieces.map((id) => ({ id, text: textOf(id) })),
    responses: [],
    tools: [],
    followUps: 0,
    hearing: { state: 'unknown' },
    state: 'open',
  };
  const early = new Map([...tracker.early].filter(([id]) => !pieces.includes(id)));
  return { ...tracker, turns: [...tracker.turns.filter(({ state }) => state !== 'withdrawn'), turn], early };
};

const words = (tracker: TurnTracker, id: string, text: string): TurnTracker => {
  const turn = tracker.turns.find(({ pieces }) => pieces.some((piece) => piece.id === id));
  if (!turn) {
    if (text === '' || tracker.closed) return tracker;
    const early = new Map([...tracker.early, [id, text] as const].slice(-maxEarly));
    return { ...tracker, early };
  }
  // The first final words count; a failure after them, or other words, change nothing.
  return {
    ...tracker,
    turns: tracker.turns.map((other) =>
      other === turn && other.state !== 'handed_out'
        ? {
            ...other,
            pieces: other.pieces.map((piece) => (piece.id === id && piece.text === null ? { id, text } : piece)),
          }
        : other,
    ),
  };
};

const started = (tracker: TurnTracker, turnId: string, responseId: string): TurnTracker => {
  const known = tracker.turns.some(({ responses }) => responses.some((response) => response.responseId === responseId));
  if (known || tracker.doneResponses.includes(responseId)) return tracker;
  return change(tracker, turnId, (turn) => {
    const first = turn.responses.length === 0;
    // A second one that nobody expects, or no longer, is not of this turn.
    if (!first && turn.followUps === 0) return turn;
    const responses = [...turn.responses, { responseId, items: [], finished: false }];
    return { ...turn, responses, followUps: first ? turn.followUps : turn.followUps - 1 };
  });
};

/** Words may come after a response has finished; the first of an item count. */
const said = (tracker: TurnTracker, responseId: string, item: Item): TurnTracker => ({
  ...tracker,
  turns: tracker.turns.map((turn) => ({
    ...turn,
    responses: turn.responses.map((response) =>
      response.responseId === responseId &&
      turn.state === 'open' &&
      !response.items.some(({ itemId }) => itemId === item.itemId)
        ? { ...response, items: [...response.items, item] }
        : response,
    ),
  })),
});

const called = (tools: readonly ToolUse[], { callId, name }: { callId: string; name: string }): readonly ToolUse[] =>
  tools.some((tool) => tool.callId === callId) ? tools : [...tools, { callId, name, status: 'open' }];

/** Nothing more comes of its answer. */
const lost = (turn: Tracked): Tracked => ({
  ...turn,
  followUps: 0,
  responses: turn.responses.map((response) => ({ ...response, finished: true })),
  tools: turn.tools.map((tool) => (tool.status === 'open' ? { ...tool, status: 'failed' } : tool)),
  hearing: turn.hearing.state === 'unknown' ? { state: 'lost' } : turn.hearing,
});

/** The session ends in the middle of it. */
const ended = (turn: Tracked): Tracked => ({
  ...lost(turn),
  pieces: turn.pieces.map((piece) => ({ ...piece, text: piece.text ?? '' })),
});

/** A turn with somebody who must be forgotten is not kept, whoever else spoke in it. */
const forgotten = (tracker: TurnTracker, userId: string): TurnTracker => {
  const gone = tracker.turns.filter(({ speakers }) => speakers.includes(userId)).map(({ turnId }) => turnId);
  return gone.length === 0 ? tracker : done(tracker, gone);
};

const done = (tracker: TurnTracker, turnIds: readonly string[]): TurnTracker => {
  const gone = tracker.turns.filter(({ turnId }) => turnIds.includes(turnId));
  const responses = gone.flatMap((turn) => turn.responses.map(({ responseId }) => responseId));
  return {
    ...tracker,
    turns: tracker.turns.filter((turn) => !gone.includes(turn)),
    done: [...tracker.done, ...gone.map(({ turnId }) => turnId)].slice(-maxDone),
    doneResponses: [...tracker.doneResponses, ...responses].slice(-maxDone),
  };
};

const isSettled = ({ pieces, responses, tools, followUps, hearing }: Tracked): boolean =>
  pieces.every(({ text }) => text !== null) &&
  responses.every(({ finished }) => finished) &&
  tools.every(({ status }) => status !== 'open') &&
  followUps === 0 &&
  (hearing.state === 'lost' || (hearing.state !== 'unknown' && responses.length > 0));

const joined = (texts: readonly (string | null)[]): string =>
  texts.filter((text): text is string => text !== null && text !== '').join(' ');

/** The turn as it is kept; null when neither side has words. */
const recordable = (turn: Tracked): RecordableTurn | null => {
  const { turnId, speakers, pieces, responses, tools, hearing } = turn;
  const userText = joined(pieces.map(({ text }) => text));
  const all = joined(responses.flatMap(({ items }) => items.map(({ text }) => text)));
  const assistantText = hearing.state === 'cut' ? (hearing.text ?? '').trim() : hearing.state === 'lost' ? '' : all;
  const outcome =
    hearing.state === 'cut' ? 'interrupted' : hearing.state === 'lost' ? 'connection_interrupted' : 'completed';
  if (userText === '' && assistantText === '') return null;
  // A question that nobody answered is no turn, unless the answer broke off.
  if (outcome === 'completed' && assistantText === '' && tools.length === 0) return null;
  const settled = tools.flatMap(({ name, status }) => (status === 'open' ? [] : [{ name, status }]));
  return { turnId, speakers, userText, assistantText, outcome, tools: settled };
};

/** Turns that are done without being recorded: without words, or withdrawn when the session ends. */
const settle = (tracker: TurnTracker): TurnTracker => {
  const head = tracker.turns.find(({ state }) => state !== 'withdrawn' || tracker.closed);
  if (!head || head.state === 'handed_out') return tracker;
  const isOver = head.state === 'withdrawn' || (isSettled(head) && recordable(head) === null);
  return isOver ? settle(done(tracker, [head.turnId])) : tracker;
};

const handOut = (tracker: TurnTracker): TrackerStep => {
  const head = tracker.turns.find(({ state }) => state !== 'withdrawn');
  if (head?.state !== 'open' || !isSettled(head)) return { tracker, record: null };
  const record = recordable(head);
  const turns = tracker.turns.map((turn): Tracked => (turn === head ? { ...turn, state: 'handed_out' } : turn));
  return { tracker: { ...tracker, turns }, record };
};
