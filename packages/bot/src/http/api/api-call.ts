import type { ApiBody, ApiParams, ApiQuery, ApiRouteName, apiRoutes } from '@parley/protocol/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { RecordingRow } from '../../store/index.ts';
import type { Viewer } from '../access/viewer.ts';

type Routes = typeof apiRoutes;

/** Who has to be known, by the route's access. */
type ViewerOf<N extends ApiRouteName> = Routes[N]['access'] extends 'anybody' ? Viewer | null : Viewer;
/** The recording a route is about; looked up and found to be theirs to see. */
type RecordingOf<N extends ApiRouteName> = Routes[N]['access'] extends 'may_see' ? RecordingRow : null;

/** One call of a route, everything about it checked. */
export interface ApiCall<N extends ApiRouteName> {
  readonly viewer: ViewerOf<N>;
  readonly recording: RecordingOf<N>;
  readonly params: ApiParams<N>;
  readonly query: ApiQuery<N>;
  readonly body: ApiBody<N>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What a handler gives: the JSON answer, or the reply it has sent itself where the answer is none. */
export type ApiResult<N extends ApiRouteName> = Routes[N]['answer'] extends z.ZodType
  ? z.input<Routes[N]['answer']>
  : FastifyReply;

/** A handler for every route of the contract. */
export type ApiHandlers = { readonly [N in ApiRouteName]: (call: ApiCall<N>) => Promise<ApiResult<N>> };
