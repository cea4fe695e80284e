/** What may be kept of conversations with the agent: `persistent` as it is set up, `incognito` nothing at all. */
export const memoryModes = ['persistent', 'incognito'] as const;
export type MemoryMode = (typeof memoryModes)[number];

/** What each party wants of the memory. undefined: it says nothing and inherits. */
export interface MemoryWishes {
  /** The installation's setting, as it was read. */
  readonly deployment: unknown;
  /** The guild's, as it was read. */
  readonly guild: unknown;
  /** Of whoever asks for the session, or is in it. */
  readonly request: unknown;
}

/** Unset inherits; whatever is no mode is the careful one. */
const lowered = (above: MemoryMode, wish: unknown): MemoryMode =>
  wish === undefined || wish === 'persistent' ? above : 'incognito';

/**
 * The mode that holds: deployment ∧ guild ∧ request. Each may lower it to incognito and none raise it; unset inherits, the shipped
 * default is persistent, and a value that is no mode counts as incognito. Pure.
 */
export const effectiveMode = ({ deployment, guild, request }: MemoryWishes): MemoryMode =>
  lowered(lowered(lowered('persistent', deployment), guild), request);
