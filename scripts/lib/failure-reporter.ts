/**
 * A reporter for Node's test runner that says one JSON line for each test that failed and one for the whole run, for a program to read
 * (`test-summary.ts`). Tests that failed only because of one inside them are left out.
 */
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** What the reporter says, a line each. */
export type ReportLine =
  /** `path`: the names of a test and those around it, outermost first. */
  | { readonly type: 'failed'; readonly file: string; readonly path: readonly string[] }
  | {
      readonly type: 'ended';
      readonly passed: number;
      readonly failed: number;
      readonly skipped: number;
      readonly durationMs: number;
    };

export default async function* failures(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const line = (entry: ReportLine): string => `${JSON.stringify(entry)}\n`;
  /** Names of the tests that run, by file and depth. */
  const open = new Map<string, string[]>();
  for await (const { type, data } of source) {
    if (type === 'test:start') {
      const names = open.get(data.file ?? '') ?? [];
      names.length = data.nesting;
      open.set(data.file ?? '', [...names, data.name]);
    } else if (type === 'test:fail') {
      if (data.todo !== undefined || isOfAnother(data.details.error)) continue;
      const around = (open.get(data.file ?? '') ?? []).slice(0, data.nesting);
      // A file that breaks as a whole is a test by the name of the file.
      const path = data.name === data.file ? [] : [...around, data.name];
      yield line({ type: 'failed', file: relative(process.cwd(), data.file ?? ''), path });
    } else if (type === 'test:summary' && data.file === undefined) {
      const { tests, passed, skipped, todo } = data.counts;
      const failed = tests - passed - skipped - todo;
      yield line({ type: 'ended', passed, failed, skipped, durationMs: data.duration_ms });
    }
  }
}

/** Node says so of every test around one that failed. */
const isOfAnother = (error: Error): boolean => 'failureType' in error && error.failureType === 'subtestsFailed';
