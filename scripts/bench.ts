/**
 * `pnpm bench [name …]`: measures, beside a reference design in the same run, prints a table and writes JSON to `bench-results/`.
 * `--sanity` runs each bench briefly and claims nothing. Above 50 % machine load the figures are printed but marked as no claim.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Figure, machineLoad } from '../test/bench/bench.ts';
import { benches } from '../test/bench/index.ts';

const args = process.argv.slice(2);
const sanity = args.includes('--sanity');
const names = args.filter((argument) => !argument.startsWith('--'));
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}; there are: ${benches.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const short = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

const row = (figure: Figure): string => {
  const { name, value, unit, spread, reference, budget } = figure;
  const cells = [name.padEnd(44), `${short(value)} ${unit}`.padStart(16)];
  cells.push((spread ? `${short(spread[0])} … ${short(spread[1])}` : '').padStart(20));
  cells.push(
    (reference ? `${reference.name}: ${short(reference.value)} (×${short(reference.value / value)})` : '').padStart(36),
  );
  cells.push(budget ? `  ${budget.ok ? 'holds' : 'MISSES'} ${budget.text}` : '');
  return cells.join(' ');
};

const loadBefore = machineLoad();
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
console.log(
  `${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}, load ${Math.round(loadBefore * 100)} %`,
);
const results: Record<string, Figure[]> = {};
for (const bench of benches) {
  if (names.length > 0 && !names.includes(bench.name)) continue;
  console.log(`\n${bench.name}: ${bench.says}`);
  const figures = await bench.run({ sanity });
  results[bench.name] = figures;
  for (const figure of figures) console.log(`  ${row(figure)}`);
}
const claim = !sanity && loadBefore <= 0.5;
if (!claim)
  console.log(
    `\nNo claim: ${sanity ? 'a sanity run' : `the machine was ${Math.round(loadBefore * 100)} % busy before it began`}.`,
  );
if (!sanity) {
  const folder = join(import.meta.dirname, '..', 'bench-results');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replaceAll(':', '')}.json`);
  await writeFile(file, `${JSON.stringify({ machine, load: loadBefore, claim, results }, null, 2)}\n`);
  console.log(`Written to ${file}`);
}
