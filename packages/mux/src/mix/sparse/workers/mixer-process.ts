import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import type { MixChunk } from '../chunk.ts';
import type { MixerAnswer } from './chunk-worker.ts';

// A process of its own because libopus's binding must not run on two threads of one (see codec/load-codec.ts). It ends with its parent.
process.once('disconnect', () => process.exit(0));
if (process.env.PARLEY_DATA_DIR) enableCompileCache(join(process.env.PARLEY_DATA_DIR, 'compile-cache'));
const { ChunkMixer } = await import('../chunk-mixer.ts');

const answer = (message: MixerAnswer): void => {
  // The parent may be gone already; then nobody misses the answer.
  if (process.connected) process.send?.(message);
};

try {
  const mixer = new ChunkMixer();
  let last = Promise.resolve();
  process.on('message', (chunk: MixChunk) => {
    last = last.then(async () => {
      try {
        answer({ type: 'mixed', chunk: await mixer.mix(chunk) });
      } catch (error) {
        answer({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
      }
    });
  });
} catch (error) {
  answer({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}
