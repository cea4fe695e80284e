import { once } from 'node:events';
import { createReadStream, rmSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { collectYoung } from '../../collect-young.ts';
import { type ChildEnd, type ChildJob, runChild } from '../../ffmpeg/run-child.ts';

/** Bytes read at a time. */
const PIECE_BYTES = 262_144;
/** Bytes between two collections of the buffers they came in. */
const COLLECT_EVERY_BYTES = 4_000_000;

/** The bytes of a file made for this, which goes when they were read, or nobody wants them any more. */
export async function* fileBytes(path: string): AsyncGenerator<Buffer, void, undefined> {
  let uncollected = 0;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
      uncollected += (piece as Buffer).length;
      yield piece as Buffer;
      if (uncollected > COLLECT_EVERY_BYTES) {
        uncollected = 0;
        collectYoung();
      }
    }
  } finally {
    rmSync(path, { force: true });
  }
}

/**
 * What a child writes to stdout, as fast as it is taken. The child is killed when nobody wants more.
 * @param check judges how the child ended; what it throws is thrown after the last byte
 * @throws what `runChild` throws
 */
export async function* childBytes(
  job: Omit<ChildJob, 'onStdout'>,
  check: (end: ChildEnd) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const pipe = new PassThrough({ highWaterMark: PIECE_BYTES });
  const unwanted = new AbortController();
  const signal = AbortSignal.any([unwanted.signal, ...(job.signal ? [job.signal] : [])]);
  const onStdout = async (piece: Buffer): Promise<void> => {
    if (!pipe.write(piece)) await once(pipe, 'drain', { signal });
  };
  const ended = runChild({ ...job, signal, onStdout })
    .then((end) => {
      check(end);
      pipe.end();
    })
    .catch((error: unknown) => void pipe.destroy(error instanceof Error ? error : new Error(String(error))));
  try {
    for await (const piece of pipe) yield piece as Buffer;
  } finally {
    unwanted.abort();
    await ended;
  }
}

/** A text as bytes. */
export async function* textBytes(text: string): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.from(text, 'utf8');
}
