export { openApiDocument } from './openapi.ts';
export {
  type Access,
  type ApiAnswer,
  type ApiBody,
  type ApiParams,
  type ApiQuery,
  type ApiQueryInput,
  type ApiRoute,
  type ApiRouteName,
  accessKinds,
  apiPath,
  apiRoutes,
} from './routes.ts';
export * from './shapes.ts';
export { type SessionCompleted, sessionCompleted } from './webhook.ts';
