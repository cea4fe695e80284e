import type { Denial } from './denial.ts';
import type { JoinContext } from './join-context.ts';

/** One rule: a denial, or null where it has nothing to say. */
export type JoinRule = (ctx: JoinContext) => Denial | null;
