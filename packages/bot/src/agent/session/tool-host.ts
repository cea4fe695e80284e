import type { ToolDefinition } from '../provider/realtime-provider.ts';

/** What a tool is called for. */
export interface ToolCall {
  readonly callId: string;
  readonly name: string;
  /** JSON as the model wrote it; not yet valid for the tool. */
  readonly arguments: string;
  /** Whose words led to it: it may do what the weakest of them may. Empty: nobody asked, the agent acts by itself. */
  readonly speakers: readonly string[];
}

/** What became of a call. */
export interface ToolAnswer {
  /** For the model, as data; bounded by whoever made it. */
  readonly output: string;
  /** Whether the model is to go on speaking because of it. */
  readonly continues: boolean;
}

/** The tools of one session. */
export interface ToolHost extends AsyncDisposable {
  /** What may be called now. */
  readonly definitions: readonly ToolDefinition[];
  /** Resolves, within seconds, when all that may be called is known. Never rejects. */
  readonly ready: Promise<void>;
  /** Answers a call; every failure is an answer. `signal` aborts when nobody wants it any more: what has been done stays done. */
  call(call: ToolCall, signal: AbortSignal): Promise<ToolAnswer>;
}
