import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApiRoute, apiPath, apiRoutes, openApiDocument } from './index.ts';

const routes = Object.entries<ApiRoute>(apiRoutes);

test('no two routes have the same method and path', () => {
  const keys = routes.map(([, { method, path }]) => `${method} ${path.replaceAll(/:\w+/g, ':')}`);
  assert.equal(new Set(keys).size, keys.length);
});

for (const [name, route] of routes) {
  test(`${name} declares each parameter of its path, and what changes something takes a body and no token`, () => {
    const named = [...route.path.matchAll(/:(\w+)/g)].map(([, key]) => key);
    assert.deepEqual(Object.keys(route.params.shape).toSorted(), named.toSorted());
    assert.equal(route.method === 'POST', route.body !== null);
    if (route.method !== 'GET') assert.equal(route.token, false);
    if (route.access === 'may_see') assert.ok(named.includes('id'));
  });
}

test('a path is built from its parameters, encoded', () => {
  const id = '100000000000000001-200000000000000001-20261121T050000000Z';
  assert.equal(
    apiPath('peaks', { id, userId: '300000000000000001' }),
    `/api/recordings/${id}/peaks/300000000000000001`,
  );
  assert.equal(apiPath('exportJob', { exportId: '../../x' }), '/api/exports/..%2F..%2Fx');
});

test('the OpenAPI document lists what a token may call, and nothing else', () => {
  const { paths } = openApiDocument('1.2.3') as { paths: Record<string, Record<string, { operationId: string }>> };
  const listed = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  assert.deepEqual(
    listed.toSorted(),
    routes
      .filter(([, { token }]) => token)
      .map(([name]) => name)
      .toSorted(),
  );
  assert.ok('/api/recordings/{id}/peaks/{userId}' in paths);
  assert.doesNotMatch(JSON.stringify(paths), /"\$schema"/);
});
