import type { SafetyFinding } from './safety-check.ts';

/** Tools whose answer comes from what is known and not from the model's head. */
export const lookupTools: ReadonlySet<string> = new Set([
  'recall',
  'search_transcripts',
  'ask_recordings',
  'web_search',
]);

export interface PolicyInput {
  /** The route where nothing else decides it. */
  readonly defaultRoute: string;
  readonly tools: readonly { readonly name: string; readonly status: 'completed' | 'failed' }[];
  /** What the safety check found; null: nothing. */
  readonly finding: SafetyFinding | null;
}

export interface TurnPolicy {
  readonly route: string;
  readonly style: string;
  /** The lookup that answered; null: none did. */
  readonly groundedLookup: string | null;
}

/** Under what a turn is filed: its route by the safety check, else by the settings; its style by the lookup that answered. Pure. */
export const turnPolicy = ({ defaultRoute, tools, finding }: PolicyInput): TurnPolicy => {
  const lookup = tools.find(({ name, status }) => status === 'completed' && lookupTools.has(name));
  return {
    route: finding?.route ?? defaultRoute,
    style: finding?.style ?? (lookup === undefined ? 'voice' : 'grounded_lookup'),
    groundedLookup: lookup?.name ?? null,
  };
};
