import { type Judge, judges, missingJudges } from '../../scripts/lib/judges.ts';

/**
 * Options for a test that asks judges: skips it, naming the Debian package, when one is missing; with PARLEY_REQUIRE_JUDGES=1 the
 * test fails instead.
 */
export const need = (...commands: string[]): { skip?: string } => {
  const unknown = commands.filter((command) => !judges.some((judge) => judge.command === command));
  if (unknown.length > 0) throw new Error(`scripts/lib/judges.ts does not list ${unknown.join(', ')}`);
  const missing: Judge[] = missingJudges().filter(({ command }) => commands.includes(command));
  if (missing.length === 0) return {};
  const names = missing.map(({ command, debianPackage }) => `${command} (Debian: ${debianPackage})`).join(', ');
  if (process.env.PARLEY_REQUIRE_JUDGES === '1') throw new Error(`not installed: ${names}`);
  return { skip: `not installed: ${names}` };
};
