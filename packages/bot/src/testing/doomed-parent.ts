/** A process with a real voxproc, made to be killed. Prints the child's pid once it is booted. */
import { systemClock } from '@parley/protocol';
import { pino } from 'pino';
import { defaultVoxprocEntry, spawnVoxproc } from '../vox/child-handle.ts';
import { VoxprocProcess } from '../vox/voxproc-process.ts';

const child = new VoxprocProcess({
  child: spawnVoxproc(defaultVoxprocEntry())(),
  clock: systemClock,
  logger: pino({ level: 'silent' }),
  logLevel: 'info',
});
await child.boot();
process.stdout.write(`${child.pid}\n`);
