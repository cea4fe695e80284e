import { z } from 'zod';
import { snowflake } from '../ids.ts';
import {
  exportFormat,
  exportJob,
  me,
  note,
  peaks,
  recording,
  recordingBrief,
  recordingId,
  searchHit,
  transcript,
} from './shapes.ts';

/**
 * Who may call a route. `may_see`: who asked for the recording, who is recorded in it, Manage Server of its guild; judged at every
 * call. What one may not see answers as what does not exist.
 */
export const accessKinds = ['anybody', 'signed_in', 'may_see', 'own_export'] as const;
export type Access = (typeof accessKinds)[number];

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path with `:name` parameters. */
  readonly path: string;
  readonly says: string;
  readonly access: Access;
  /** Whether builders may call it with a bearer token. */
  readonly token: boolean;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodObject | null;
  /** The JSON answer; a string: the media type of an answer that is none. */
  readonly answer: z.ZodType | string;
}

const nothing = z.object({});
const one = z.object({ id: recordingId });
const page = { cursor: z.string().max(200).optional(), limit: z.coerce.number().int().min(1).max(100).default(30) };

/** Every route of the interface: the server registers these, the pages call them, the OpenAPI document lists them. */
export const apiRoutes = {
  me: {
    method: 'GET',
    path: '/api/me',
    says: 'who is signed in',
    ...{ access: 'signed_in', token: false, params: nothing, query: nothing, body: null },
    answer: me,
  },
  signInWays: {
    method: 'GET',
    path: '/api/sign-in-ways',
    says: 'how one can sign in, besides by a link from Discord',
    ...{ access: 'anybody', token: false, params: nothing, query: nothing, body: null },
    answer: z.object({ discord: z.boolean() }),
  },
  signOut: {
    method: 'POST',
    path: '/api/sign-out',
    says: 'end this sign-in',
    ...{ access: 'signed_in', token: false, params: nothing, query: nothing, body: nothing },
    answer: nothing,
  },
  signOutEverywhere: {
    method: 'DELETE',
    path: '/api/sign-ins',
    says: 'end every sign-in of this person, in all their browsers',
    ...{ access: 'signed_in', token: false, params: nothing, query: nothing, body: null },
    answer: z.object({ signIns: z.int().nonnegative() }),
  },
  recordings: {
    method: 'GET',
    path: '/api/recordings',
    says: 'the recordings one may see, newest first',
    ...{ access: 'signed_in', token: true, params: nothing, body: null },
    query: z.object({ ...page, guildId: snowflake.optional() }),
    answer: z.object({ recordings: z.array(recordingBrief), next: z.string().nullable() }),
  },
  recording: {
    method: 'GET',
    path: '/api/recordings/:id',
    says: 'one recording',
    ...{ access: 'may_see', token: true, params: one, query: nothing, body: null },
    answer: recording,
  },
  peaks: {
    method: 'GET',
    path: '/api/recordings/:id/peaks/:userId',
    says: 'the levels of one person’s track',
    ...{ access: 'may_see', token: true, query: nothing, body: null },
    params: one.extend({ userId: snowflake }),
    answer: peaks,
  },
  mix: {
    method: 'GET',
    path: '/api/recordings/:id/mix',
    says: 'the mix; answers to Range',
    ...{ access: 'may_see', token: true, params: one, query: nothing, body: null },
    answer: 'audio/ogg',
  },
  track: {
    method: 'GET',
    path: '/api/recordings/:id/tracks/:userId',
    says: 'one person’s track; answers to Range',
    ...{ access: 'may_see', token: true, query: nothing, body: null },
    params: one.extend({ userId: snowflake }),
    answer: 'audio/ogg',
  },
  transcript: {
    method: 'GET',
    path: '/api/recordings/:id/transcript',
    says: 'what was said, as far as people consented to it',
    ...{ access: 'may_see', token: true, params: one, query: nothing, body: null },
    answer: transcript,
  },
  note: {
    method: 'POST',
    path: '/api/recordings/:id/notes',
    says: 'set a note on the timeline',
    ...{ access: 'may_see', token: false, params: one, query: nothing },
    body: z.object({ atMs: z.number().nonnegative(), text: z.string().trim().min(1).max(200) }),
    answer: note,
  },
  erase: {
    method: 'POST',
    path: '/api/recordings/:id/erase',
    says: 'erase a person from the recording: oneself, or with Manage Server anybody; answers 202 when the wish is kept',
    ...{ access: 'may_see', token: false, params: one, query: nothing },
    body: z.object({ userId: snowflake }),
    answer: nothing,
  },
  export: {
    method: 'POST',
    path: '/api/recordings/:id/exports',
    says: 'begin an export; `fromMs` and `toMs` bound it',
    ...{ access: 'may_see', token: false, params: one, query: nothing },
    body: z.object({
      format: exportFormat,
      fromMs: z.number().nonnegative().optional(),
      toMs: z.number().positive().optional(),
    }),
    answer: exportJob,
  },
  exportJob: {
    method: 'GET',
    path: '/api/exports/:exportId',
    says: 'how far an export is',
    ...{ access: 'own_export', token: false, query: nothing, body: null },
    params: z.object({ exportId: z.uuid() }),
    answer: exportJob,
  },
  exportFile: {
    method: 'GET',
    path: '/api/exports/:exportId/file',
    says: 'the finished file of an export',
    ...{ access: 'own_export', token: false, query: nothing, body: null },
    params: z.object({ exportId: z.uuid() }),
    answer: 'application/octet-stream',
  },
  live: {
    method: 'GET',
    path: '/api/recordings/:id/live',
    says: 'what happens in a running recording, as server-sent events',
    ...{ access: 'may_see', token: false, params: one, query: nothing, body: null },
    answer: 'text/event-stream',
  },
  search: {
    method: 'GET',
    path: '/api/search',
    says: 'words in the transcripts one may see',
    ...{ access: 'signed_in', token: true, params: nothing, body: null },
    query: z.object({ ...page, q: z.string().trim().min(2).max(200), recordingId: recordingId.optional() }),
    answer: z.object({ hits: z.array(searchHit), next: z.string().nullable() }),
  },
  openapi: {
    method: 'GET',
    path: '/api/openapi.json',
    says: 'this interface as an OpenAPI document',
    ...{ access: 'anybody', token: true, params: nothing, query: nothing, body: null },
    answer: z.record(z.string(), z.unknown()),
  },
} as const satisfies Record<string, ApiRoute>;

export type ApiRouteName = keyof typeof apiRoutes;
type Routes = typeof apiRoutes;

export type ApiParams<N extends ApiRouteName> = z.output<Routes[N]['params']>;
export type ApiQuery<N extends ApiRouteName> = z.output<Routes[N]['query']>;
export type ApiQueryInput<N extends ApiRouteName> = z.input<Routes[N]['query']>;
export type ApiBody<N extends ApiRouteName> = Routes[N]['body'] extends z.ZodType ? z.output<Routes[N]['body']> : null;
export type ApiAnswer<N extends ApiRouteName> = Routes[N]['answer'] extends z.ZodType
  ? z.output<Routes[N]['answer']>
  : never;

/** Builds a route's path from its parameters, encoded. */
export const apiPath = <N extends ApiRouteName>(name: N, params: ApiParams<N>): string =>
  apiRoutes[name].path.replaceAll(/:(\w+)/g, (_, key: string) =>
    encodeURIComponent(String((params as Record<string, unknown>)[key])),
  );
