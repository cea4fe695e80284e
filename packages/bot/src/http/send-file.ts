import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { byteRange } from './byte-range.ts';

export interface OpenedFile {
  readonly handle: FileHandle;
  readonly size: number;
}

/** A plain file, never through a link: our folders hold none. null when it is not there. */
export const openPlainFile = async (path: string): Promise<OpenedFile | null> => {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String(error.code)))
      return null;
    throw error;
  }
  const stats = await handle.stat();
  if (stats.isFile()) return { handle, size: stats.size };
  await handle.close();
  return null;
};

export interface SendFileOptions {
  readonly type: string;
  /** The name it is saved under; absent: it is shown or played where it is. A name of ours: letters, digits, `.`, `_` and `-`. */
  readonly savedAs?: string;
}

/** Sends a file or the part of it that was asked for, and closes it. */
export const sendFile = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { handle, size }: OpenedFile,
  { type, savedAs }: SendFileOptions,
): Promise<FastifyReply> => {
  const range = byteRange(request.headers.range, size);
  reply.header('accept-ranges', 'bytes').header('cache-control', 'private, no-store').type(type);
  if (savedAs !== undefined) reply.header('content-disposition', `attachment; filename="${savedAs}"`);
  if (range.kind === 'unsatisfiable') {
    await handle.close();
    return reply.code(416).header('content-range', `bytes */${size}`).send();
  }
  const { start, end } = range.kind === 'part' ? range : { start: 0, end: size - 1 };
  reply.header('content-length', end - start + 1);
  if (range.kind === 'part') reply.code(206).header('content-range', `bytes ${start}-${end}/${size}`);
  if (request.method === 'HEAD' || end < start) {
    await handle.close();
    return reply.send();
  }
  // The stream closes its handle at the end and when the client goes away.
  return reply.send(handle.createReadStream({ start, end }));
};
