import assert from 'node:assert/strict';
import { access, readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { test } from 'node:test';
import { parseSettings } from '@parley/bot';
import { apiRoutes } from '@parley/protocol/api';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { settingsFields } from '../../packages/bot/src/config/fields.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
const settingNames = new Set(settingsFields.map(({ env }) => env));
const secretNames = settingsFields.filter(({ secret }) => secret).map(({ env }) => env);
/** Longer than Parley takes to end, seconds. */
const shutdownSeconds = 10;

/** Instructions of a Dockerfile in order, continued lines joined, comments left out. */
const instructionsOf = (text: string): (readonly [string, string])[] =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return [name.toUpperCase(), rest] as const;
    });

const docker = await read('Dockerfile');
const instructions = instructionsOf(docker);
const lastStage = instructions.slice(instructions.findLastIndex(([name]) => name === 'FROM'));
const valuesOf = (name: string, of = instructions): string[] =>
  of.flatMap(([one, rest]) => (one === name ? [rest] : []));

test('the linter of Dockerfiles has nothing to say', () => {
  assert.deepEqual(
    validate(docker).map(({ message, range }) => `${range.start.line + 1}: ${message}`),
    [],
  );
  assert.equal(validate('FROM node\nRUNN x\n').length, 1, 'it can say something');
});

test('the image is built in stages, of the pinned Node and pnpm, and nothing is fetched but by package managers', async () => {
  const { nodeVersion } = parse(await read('pnpm-workspace.yaml')) as { nodeVersion: string };
  const { packageManager } = JSON.parse(await read('package.json')) as { packageManager: string };
  const bases = valuesOf('FROM').map((rest) => rest.split(' ')[0]);
  assert.equal(bases.length, 2);
  for (const base of bases) assert.equal(base, `node:${nodeVersion}-bookworm-slim`);
  assert.ok(docker.includes(`npx --yes ${packageManager} install`) && docker.includes('--frozen-lockfile'));
  assert.deepEqual(valuesOf('ADD'), []);
  assert.doesNotMatch(docker, /curl|wget|:latest/);
  assert.deepEqual(valuesOf('COPY', lastStage), ['--from=build /opt/parley /opt/parley']);
});

test('the container runs as nobody in particular, ends on SIGTERM, and says whether it lives', async () => {
  assert.deepEqual(valuesOf('USER', lastStage), ['node']);
  const userAt = lastStage.findIndex(([name]) => name === 'USER');
  assert.ok(
    lastStage.slice(userAt).every(([name]) => !['RUN', 'COPY'].includes(name)),
    'nothing is changed as that user',
  );
  assert.deepEqual(valuesOf('STOPSIGNAL', lastStage), ['SIGTERM']);
  const [command = ''] = valuesOf('CMD', lastStage);
  const [program, file = ''] = JSON.parse(command) as string[];
  assert.equal(program, 'node');
  await access(join(root, file));
  assert.match(valuesOf('HEALTHCHECK', lastStage)[0] ?? '', /\/healthz/);
});

test('its environment names settings there are, and no secret', () => {
  const names = valuesOf('ENV').flatMap((rest) => [...rest.matchAll(/(\w+)=/g)].map(([, name = '']) => name));
  for (const name of names.filter((one) => one !== 'NODE_ENV')) assert.ok(settingNames.has(name), name);
  for (const secret of secretNames) assert.ok(!docker.includes(secret), secret);
  assert.ok(valuesOf('ENV').join(' ').includes(`PARLEY_HTTP_PORT=${parseSettings().http.port}`));
  const volumes = valuesOf('VOLUME').join();
  for (const name of ['PARLEY_DATA_DIR', 'PARLEY_RECORDINGS_DIR']) {
    const path = new RegExp(`${name}=(\\S+)`).exec(docker)?.[1] ?? '';
    assert.ok(
      isAbsolute(path) && !relative('/var/lib/parley', path).startsWith('..') && volumes.includes('/var/lib/parley'),
    );
  }
});

test('secrets, recordings and the history stay out of the image', async () => {
  const ignored = (await read('.dockerignore')).split('\n');
  for (const path of ['.env', '.git', 'recordings', 'data', '**/node_modules']) assert.ok(ignored.includes(path), path);
});

/** Sections of a unit with their settings, each a list of values (systemd.syntax(7)). */
const unitOf = (text: string): Map<string, Map<string, string[]>> => {
  const sections = new Map<string, Map<string, string[]>>();
  let section: Map<string, string[]> | null = null;
  for (const line of text.split('\n')) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    const header = /^\[(\w+)\]$/.exec(line)?.[1];
    if (header !== undefined) {
      section = new Map();
      sections.set(header, section);
      continue;
    }
    const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? assert.fail(`no setting: ${line}`);
    assert.ok(section, `outside of a section: ${line}`);
    section.set(key, [...(section.get(key) ?? []), value]);
  }
  return sections;
};

test('the unit starts what is there, as its own user, and gives it time to close its recordings', async () => {
  const unit = unitOf(await read('docs/ops/parley.service'));
  assert.deepEqual([...unit.keys()], ['Unit', 'Service', 'Install']);
  const service = (key: string): string => unit.get('Service')?.get(key)?.[0] ?? assert.fail(`${key} is not set`);
  assert.notEqual(service('User'), 'root');
  assert.equal(service('NoNewPrivileges'), 'true');
  assert.equal(service('CapabilityBoundingSet'), '');
  assert.equal(service('UMask'), '0077');
  const [program = '', file = ''] = service('ExecStart').split(' ');
  assert.equal(program, `${service('WorkingDirectory')}/node_modules/.bin/node`);
  await access(join(root, file));
  assert.equal(service('KillMode'), 'control-group', 'others kill audio processes before they have closed their files');
  assert.ok(Number(service('TimeoutStopSec')) > shutdownSeconds);
  assert.equal(service('Restart'), 'on-failure');
  assert.equal(service('RestartPreventExitStatus'), '78');
  assert.equal(unit.get('Service')?.has('MemoryDenyWriteExecute'), false, 'JavaScript would not run');
  for (const pair of unit.get('Service')?.get('Environment') ?? []) {
    const [name = '', value = ''] = pair.split('=');
    if (name === 'NODE_ENV') continue;
    assert.ok(settingNames.has(name), name);
    assert.ok(
      value.startsWith(`/var/lib/${service('StateDirectory')}/`),
      'with ProtectSystem=strict nothing else can be written',
    );
  }
});

test('the composition gives it time to end, and publishes it on this machine only', async () => {
  const { services, volumes } = parse(await read('docs/ops/compose.yaml')) as {
    services: {
      parley: { stop_grace_period: string; ports: string[]; volumes: string[]; cap_drop: string[]; read_only: boolean };
    };
    volumes: Record<string, unknown>;
  };
  const { stop_grace_period: grace, ports, volumes: mounts, cap_drop: dropped, read_only: readOnly } = services.parley;
  assert.ok(Number.parseInt(grace, 10) > shutdownSeconds);
  const { port } = parseSettings().http;
  assert.deepEqual(ports, [`127.0.0.1:${port}:${port}`]);
  assert.deepEqual([dropped, readOnly], [['ALL'], true]);
  for (const mount of mounts) assert.ok((mount.split(':')[0] ?? '') in volumes);
});

/** Whether nginx would choose its `location ~` for a path, Caddy its `path` matcher. */
const nginxPasses = (text: string): ((path: string) => boolean) => {
  const [, pattern = ''] = /location ~ (\S+) \{/.exec(text) ?? assert.fail('no location ~');
  return (path) => new RegExp(pattern).test(path);
};
const caddyPasses = (text: string): ((path: string) => boolean) => {
  const [, patterns = ''] = /@pages path (.+)/.exec(text) ?? assert.fail('no path matcher');
  const all = patterns.split(' ');
  return (path) => all.some((one) => (one.endsWith('*') ? path.startsWith(one.slice(0, -1)) : path === one));
};

const ofPages = [
  ...['/', '/s/1-2-3', '/sign-in/abc', '/oauth/callback', '/dl/x', '/assets/index-1.js'],
  ...Object.values(apiRoutes).map(({ path }) => path),
  ...(await readdir(join(root, 'packages/web/public'))).map((name) => `/${name}`),
];

for (const [name, passesOf] of [
  ['Caddyfile', caddyPasses],
  ['nginx.conf', nginxPasses],
] as const)
  test(`${name} lets people reach the pages and signed links, and nothing else`, async () => {
    const text = await read(`docs/ops/${name}`);
    assert.equal(text.split('{').length, text.split('}').length);
    const passes = passesOf(text);
    for (const path of ofPages) assert.ok(passes(path), path);
    for (const path of ['/metrics', '/healthz', '/readyz', '/index.html', '/x/dl/', '/assets'])
      assert.equal(passes(path), false, path);
    const { host, port } = parseSettings().http;
    const targets = [...text.matchAll(/(?:reverse_proxy |proxy_pass http:\/\/)([^;\s]+)/g)].map(([, target]) => target);
    assert.deepEqual(targets, [`${host}:${port}`]);
    assert.match(text, /404/);
    for (const [setting = ''] of text.matchAll(/PARLEY_\w+/g)) assert.ok(settingNames.has(setting), setting);
  });
