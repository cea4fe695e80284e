import { answers } from './answers.ts';
import { connecting } from './connecting.ts';
import { endings } from './endings.ts';
import type { ConformanceRig } from './rig.ts';

/** Makes a rig whose simulator nobody else uses. */
export type MakeRig = () => Promise<ConformanceRig>;

/** What every adapter of a provider must do, as tests; `name` stands before each. */
export const conformance = (name: string, makeRig: MakeRig): void => {
  connecting(name, makeRig);
  answers(name, makeRig);
  endings(name, makeRig);
};
