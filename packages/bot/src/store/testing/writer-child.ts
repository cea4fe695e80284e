/** Writes actions until it is killed; prints how many are surely on disk. Arguments: folder, driver. */
import { systemClock } from '@parley/protocol';
import { pino } from 'pino';
import { openStore } from '../open-store.ts';

const [folder = '', driver = 'node'] = process.argv.slice(2);
const store = await openStore({
  file: `${folder}/parley.db`,
  clock: systemClock,
  logger: pino({ level: 'silent' }),
  driver: driver === 'sqlite3' ? 'sqlite3' : 'node',
});
for (let n = 0; ; n += 1) {
  store.actions.record({ kind: 'voice_runtime', guildId: '1', fields: { event: `number ${n}` } });
  if (n % 50 !== 49) continue;
  await store.flush();
  process.stdout.write(`${n + 1}\n`);
}
