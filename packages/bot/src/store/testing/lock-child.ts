/** Takes the data folder of its argument, says how that went, and holds it until its input ends. */
import { lockDataFolder } from '../data-folder-lock.ts';

const [folder = ''] = process.argv.slice(2);
try {
  await using _lock = await lockDataFolder(folder);
  process.stdout.write('locked\n');
  for await (const _ of process.stdin);
} catch (error) {
  process.stdout.write(`${error instanceof Error && 'code' in error ? String(error.code) : String(error)}\n`);
}
