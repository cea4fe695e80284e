import { z } from 'zod';
import { type ApiRoute, apiRoutes } from './routes.ts';
import { apiError } from './shapes.ts';

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};

const parameters = (schema: z.ZodObject, place: 'path' | 'query') => {
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Record<string, unknown>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: of,
  }));
};

const content = (answer: ApiRoute['answer']) =>
  typeof answer === 'string'
    ? { [answer]: { schema: { type: 'string', format: 'binary' } } }
    : { 'application/json': { schema: jsonSchema(answer, 'output') } };

/** The part of the interface that builders may call with a bearer token, as an OpenAPI 3.1 document. */
export const openApiDocument = (version: string): Record<string, unknown> => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [operationId, route] of Object.entries<ApiRoute>(apiRoutes)) {
    if (!route.token) continue;
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: {
        operationId,
        summary: route.says,
        parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
        responses: {
          200: { description: 'the answer', content: content(route.answer) },
          default: {
            description: 'a refusal',
            content: { 'application/json': { schema: jsonSchema(apiError, 'output') } },
          },
        },
        ...(route.access === 'anybody' ? { security: [] } : {}),
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Parley', version, description: 'Recordings and transcripts, for reading.' },
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths,
  };
};
