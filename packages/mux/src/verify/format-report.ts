import type { Check } from './check.ts';
import type { VerifyReport } from './verify-recording.ts';

const line = ({ subject, name, ok, detail }: Check, widths: readonly [number, number]): string =>
  `${ok ? 'ok  ' : 'BAD '} ${subject.padEnd(widths[0])}  ${name.padEnd(widths[1])}  ${detail}`;

/** The report as a table, one line for every number that was checked, the faults once more at the end. */
export const formatReport = ({ checks, ok }: VerifyReport): string => {
  const widths = [
    Math.max(0, ...checks.map((check) => check.subject.length)),
    Math.max(0, ...checks.map((check) => check.name.length)),
  ] as const;
  const bad = checks.filter((check) => !check.ok);
  const verdict = ok ? `${checks.length} checks, all hold` : `${checks.length} checks, ${bad.length} do NOT hold:`;
  return [...checks.map((check) => line(check, widths)), '', verdict, ...bad.map((check) => line(check, widths))].join(
    '\n',
  );
};
