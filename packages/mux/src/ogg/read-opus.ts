import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type OpusEvent, type OpusPacket, OpusStream } from './opus-stream.ts';
import { PageScanner, SCAN_CHUNK_BYTES } from './page-scanner.ts';

/**
 * Reads an Ogg Opus file page by page in flat memory: headers, packets with their places, damage. Never throws for damage.
 * @throws the file system's error when the file cannot be opened or read
 */
export async function* readOpusFile(path: string): AsyncGenerator<OpusEvent, void, undefined> {
  await using file = await open(path, 'r');
  const scanner = new PageScanner();
  const stream = new OpusStream();
  for (;;) {
    const piece = Buffer.allocUnsafe(SCAN_CHUNK_BYTES);
    const { bytesRead } = await file.read(piece, 0, piece.length, null);
    const events = bytesRead > 0 ? scanner.push(piece.subarray(0, bytesRead)) : scanner.end();
    for (const event of events) {
      yield* stream.take(event);
    }
    if (bytesRead === 0) {
      return;
    }
  }
}

/** The same over bytes in memory. */
export function* readOpusBytes(bytes: Buffer): Generator<OpusEvent, void, undefined> {
  const scanner = new PageScanner();
  const stream = new OpusStream();
  for (const events of [scanner.push(bytes), scanner.end()]) {
    for (const event of events) {
      yield* stream.take(event);
    }
  }
}

/** Buffers of finished readers, for the next: thousands of files in a row would leave as many buffers behind. */
const spare: Buffer[] = [];

/**
 * The same from a file with blocking reads: for jobs that read thousands of small files, where a promise per page costs more
 * than the page. The bytes of packets are only there until the next event. Close the generator early with `return` or by leaving a `for…of`.
 * @throws the file system's error
 */
export function* readOpusFileSync(path: string): Generator<OpusEvent, void, undefined> {
  const file = openSync(path, 'r');
  const piece = spare.pop() ?? Buffer.allocUnsafe(SCAN_CHUNK_BYTES);
  try {
    const scanner = new PageScanner();
    const stream = new OpusStream();
    for (;;) {
      const bytes = readSync(file, piece, 0, piece.length, null);
      for (const event of bytes > 0 ? scanner.push(piece.subarray(0, bytes)) : scanner.end()) {
        yield* stream.take(event);
      }
      if (bytes === 0) {
        return;
      }
    }
  } finally {
    spare.push(piece);
    closeSync(file);
  }
}

/** The audio packets of an Ogg Opus file in order, damage passed over in silence; flat memory. */
export async function* readOpusPackets(path: string): AsyncGenerator<OpusPacket, void, undefined> {
  for await (const event of readOpusFile(path)) {
    if (event.type === 'page') {
      yield* event.packets;
    }
  }
}
