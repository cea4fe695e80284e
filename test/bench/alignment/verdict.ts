import type { Outcome } from './run-scenario.ts';
import { budget } from './scenario.ts';

/** What an outcome misses of what 03-recording §6 asks for; empty when it holds. */
export const misses = ({ scenario, tracks, window, broken }: Outcome): string[] => {
  const checks: [boolean, string][] = [
    [tracks.packets > 0, 'nothing was compared'],
    [tracks.p95 <= budget.p95Ms, `p95 ${tracks.p95.toFixed(2)} ms, more than ${budget.p95Ms}`],
    [tracks.max <= budget.maxMs, `max ${tracks.max.toFixed(2)} ms, more than ${budget.maxMs}`],
    [
      window.large <= budget.windowMs,
      `a step was seen for ${window.large.toFixed(0)} ms, more than ${budget.windowMs}`,
    ],
  ];
  return [...checks.filter(([ok]) => !ok).map(([, words]) => `${scenario.name}: ${words}`), ...broken];
};
