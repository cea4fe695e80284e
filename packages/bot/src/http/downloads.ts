import { basename, extname, join } from 'node:path';
import { recordingFolder } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LinkSigner, LinkTarget, LinkVerdict } from './link-signer.ts';
import { openPlainFile, sendFile } from './send-file.ts';

export interface DownloadOptions {
  readonly recordingsDir: string;
  /** Where exports lie, a folder for each recording. */
  readonly exportsDir: string;
  readonly links: LinkSigner;
  readonly clock: Clock;
  /** Whether a file may not be handed out now. */
  readonly withholds: (recordingSessionId: string, file: string) => Promise<boolean>;
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
  { recordingsDir, exportsDir, links, clock, withholds }: DownloadOptions,
): Promise<FastifyReply> => {
  const target: LinkTarget = { recordingSessionId: request.params.recordingSessionId, file: request.params['*'] };
  const { exp, sig } = request.query;
  const verdict = links.verify(target, { exp: textOf(exp), sig: textOf(sig) }, clock.now());
  if (verdict !== 'ok') {
    const { status, code } = refusals[verdict];
    return reply.code(status).send({ error: code });
  }
  if (await withholds(target.recordingSessionId, target.file)) return reply.code(409).send({ error: 'being_erased' });
  const opened = await openPlainFile(pathOf(target, recordingsDir, exportsDir));
  if (opened === null) return reply.code(404).send({ error: 'recording_gone' });
  const type = contentTypes[extname(target.file)] ?? 'application/octet-stream';
  return sendFile(request, reply, opened, { type, savedAs: savedName(target) });
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
