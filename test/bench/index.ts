import { agent } from './agent.ts';
import { alignment } from './alignment.ts';
import type { Bench } from './bench.ts';
import { boot } from './boot.ts';
import { captures } from './captures.ts';
import { codec } from './codec.ts';
import { memory } from './memory.ts';
import { mux } from './mux.ts';
import { ogg } from './ogg.ts';
import { playout } from './playout.ts';
import { receive } from './receive.ts';

/** Every bench, in the order they run. */
export const benches: readonly Bench[] = [codec, ogg, receive, playout, captures, agent, alignment, boot, memory, mux];
