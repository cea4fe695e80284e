import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseSettings } from '@parley/bot';
import { parse } from 'yaml';
import { exportedSeries } from '../lib/exported-series.ts';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'ops');
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly action: string };
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string; readonly refId: string }[];
}

const series = await exportedSeries();
const rules = (parse(await read('alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const { panels } = JSON.parse(await read('grafana-dashboard.json')) as { panels: Panel[] };

/** What is wrong with an expression, as far as our own series go. */
const complaints = (expr: string): string[] => {
  const found: string[] = [];
  const labels = new Set<string>();
  for (const [, name = '', matchers = ''] of expr.matchAll(/\b(parley_\w+)(?:\{([^}]*)\})?/g)) {
    const known = series.get(name);
    if (known === undefined) {
      found.push(`no series ${name}`);
      continue;
    }
    for (const label of known) labels.add(label);
    for (const [, label = ''] of matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
      if (!known.has(label)) found.push(`${name} has no ${label}`);
  }
  for (const [, list = ''] of expr.matchAll(/\bby \(([^)]*)\)/g))
    for (const label of list.split(',').map((one) => one.trim()))
      if (!labels.has(label)) found.push(`nothing has ${label}`);
  for (const [open, close] of ['()', '{}', '[]'] as const)
    if (expr.split(open ?? '').length !== expr.split(close ?? '').length) found.push(`${open} without ${close}`);
  return found;
};

const wrong: readonly (readonly [string, string])[] = [
  ['rate(parley_nothing_total[5m])', 'no series parley_nothing_total'],
  ['parley_joins_total{reson="x"}', 'parley_joins_total has no reson'],
  ['sum by (code) (parley_joins_total)', 'nothing has code'],
  ['sum(rate(parley_joins_total[5m])', '( without )'],
];
for (const [expr, complaint] of wrong)
  test(`the check finds: ${complaint}`, () => {
    assert.deepEqual(complaints(expr), [complaint]);
  });

for (const { alert, expr, labels, annotations, for: duration } of rules)
  test(`alert ${alert} asks for series there are, and says what to do`, () => {
    assert.deepEqual(complaints(expr), []);
    assert.match(alert, /^Parley[A-Z]\w+$/);
    assert.ok(['warning', 'critical'].includes(labels.severity));
    assert.ok(annotations.summary.length > 10 && annotations.action.length > 10);
    assert.match(duration ?? '1m', /^\d+[smh]$/);
    for (const [, label = ''] of annotations.summary.matchAll(/\$labels\.(\w+)/g))
      assert.ok(expr.includes(`by (${label})`), `${label} is summed away`);
  });

for (const { title, targets = [] } of panels.filter(({ type }) => type !== 'row'))
  test(`panel “${title}” asks for series there are`, () => {
    assert.ok(targets.length > 0);
    for (const { expr, legendFormat } of targets) {
      assert.deepEqual(complaints(expr), []);
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
        assert.ok(expr.includes(label), legendFormat);
    }
    assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length);
  });

test('names of alerts and ids of panels are unique, and no panel lies on another', () => {
  assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const taken = new Map<string, string>();
  for (const { title, gridPos } of panels) {
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        assert.equal(taken.get(`${x},${y}`), undefined, title);
        taken.set(`${x},${y}`, title);
      }
  }
});

test('every series is on the dashboard, or wakes somebody', () => {
  const used = [
    ...rules.map(({ expr }) => expr),
    ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ];
  const text = used.join(' ');
  const unused = [...series.keys()].filter((name) => !/_(?:bucket|sum|count)$/.test(name) && !text.includes(name));
  assert.deepEqual(unused, ['parley_info']);
});

test('Prometheus is told where Parley listens by default', async () => {
  const { scrape_configs: jobs, rule_files: files } = parse(await read('prometheus.yml')) as {
    scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    rule_files: string[];
  };
  const { host, port } = parseSettings().http;
  assert.deepEqual(
    jobs.flatMap((job) => job.static_configs.flatMap(({ targets }) => targets)),
    [`${host}:${port}`],
  );
  assert.deepEqual(files, ['alerts.yml']);
  assert.ok(rules.some(({ expr }) => expr.includes(`job="${jobs[0]?.job_name}"`)));
});
