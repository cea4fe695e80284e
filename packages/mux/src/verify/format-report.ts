import type { Check } from './check.ts';
import type { VerifyReport } from './verify-recording.ts';

/** Columns of the table at most. */
const WIDTH = 150;

/** The names and numbers of one subject, as many on a line as there is room for. */
const wrap = (items: readonly string[], indent: number): string[] => {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length + 3 <= WIDTH) lines[lines.length - 1] = `${last} · ${item}`;
    else lines.push(' '.repeat(indent) + item);
  }
  return lines;
};

const line = ({ subject, name, detail }: Check): string => `BAD  ${subject}  ${name}: ${detail}`;

/** The report as a table: every number that was checked, under what it belongs to; the faults once more at the end, a line each. */
export const formatReport = ({ checks, ok }: VerifyReport): string => {
  const subjects = Map.groupBy(checks, ({ subject }) => subject);
  const rows = [...subjects].flatMap(([subject, all]) => [
    `${all.every((check) => check.ok) ? 'ok ' : 'BAD'}  ${subject}`,
    ...wrap(
      all.map((check) => `${check.ok ? '' : '!! '}${check.name}: ${check.detail}`),
      7,
    ),
  ]);
  const bad = checks.filter((check) => !check.ok);
  const verdict = ok ? `${checks.length} checks, all hold` : `${checks.length} checks, ${bad.length} do NOT hold:`;
  return [...rows, '', verdict, ...bad.map(line)].join('\n');
};
