import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { recordingFolder } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { byteRange } from './byte-range.ts';
import type { LinkSigner, LinkTarget, LinkVerdict } from './link-signer.ts';

export interface DownloadOptions {
  readonly recordingsDir: string;
  /** Where exports lie, a folder for each recording. */
  readonly exportsDir: string;
  readonly links: LinkSigner;
  readonly clock: Clock;
}

interface DownloadRoute {
  readonly Params: { readonly recordingSessionId: string; readonly '*': string };
  readonly Querystring: { readonly exp?: unknown; readonly sig?: unknown };
}

/** One answer for a forged link and for a file that never was: a stranger learns nothing about what exists. */
const refusals: Readonly<Record<Exclude<LinkVerdict, 'ok'>, { readonly status: number; readonly code: string }>> = {
  forged: { status: 403, code: 'link_invalid' },
  not_a_file: { status: 403, code: 'link_invalid' },
  expired: { status: 410, code: 'link_expired' },
};

/** `GET /dl/<recordingSessionId>/<file>?exp&sig`: a recording's mix, a track, or an export of it for whoever holds the signed link; ranges are served. */
export const downloads = (app: FastifyInstance, options: DownloadOptions): void => {
  // A HEAD route of fastify's making would read the whole file to throw it away, or say a length of 0.
  app.route<DownloadRoute>({
    method: ['GET', 'HEAD'],
    url: '/dl/:recordingSessionId/*',
    exposeHeadRoute: false,
    handler: (request, reply) => serve(request, reply, options),
  });
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const serve = async (
  request: FastifyRequest<DownloadRoute>,
  reply: FastifyReply,
  { recordingsDir, exportsDir, links, clock }: DownloadOptions,
): Promise<FastifyReply> => {
  const target: LinkTarget = { recordingSessionId: request.params.recordingSessionId, file: request.params['*'] };
  const { exp, sig } = request.query;
  const verdict = links.verify(target, { exp: textOf(exp), sig: textOf(sig) }, clock.now());
  if (verdict !== 'ok') {
    const { status, code } = refusals[verdict];
    return reply.code(status).send({ error: code });
  }
  const opened = await openFile(pathOf(target, recordingsDir, exportsDir));
  if (opened === null) return reply.code(404).send({ error: 'recording_gone' });
  return sendFile(request, reply, opened, target);
};

/** `exports/…` stands for the recording's folder of exports, everything else is the recording's own. */
const pathOf = ({ recordingSessionId, file }: LinkTarget, recordingsDir: string, exportsDir: string): string =>
  file.startsWith('exports/')
    ? join(exportsDir, recordingSessionId, basename(file))
    : join(recordingFolder(recordingsDir, recordingSessionId), file);

/** Types of what exports are; whoever opens one saves it. */
const contentTypes: Readonly<Record<string, string>> = {
  '.ogg': 'audio/ogg',
  '.mp3': 'audio/mpeg',
  '.flac': 'audio/flac',
  '.zip': 'application/zip',
};

/** The name it is saved under: an export's own is a random one. */
const savedName = ({ recordingSessionId, file }: LinkTarget): string =>
  file.startsWith('exports/')
    ? `${recordingSessionId}-export${extname(file)}`
    : `${recordingSessionId}-${basename(file)}`;

interface OpenedFile {
  readonly handle: FileHandle;
  readonly size: number;
}

/** A plain file, never through a link: the recordings' folder holds none. null when it is not there. */
const openFile = async (path: string): Promise<OpenedFile | null> => {
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

const sendFile = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { handle, size }: OpenedFile,
  target: LinkTarget,
): Promise<FastifyReply> => {
  const range = byteRange(request.headers.range, size);
  reply
    .header('accept-ranges', 'bytes')
    .header('cache-control', 'private, no-store')
    .header('content-disposition', `attachment; filename="${savedName(target)}"`)
    .type(contentTypes[extname(target.file)] ?? 'application/octet-stream');
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
