import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { ProviderConnectError } from '../../../packages/bot/src/agent/provider/provider-connect-error.ts';
import type { CloseCode } from '../../../packages/bot/src/agent/provider/provider-event.ts';
import type { Refusal } from '../shared/socket-server.ts';
import { Bench, until } from './bench.ts';
import type { MakeRig } from './conformance.ts';
import { someConfig } from './rig.ts';

const never = new AbortController().signal;

const refused = async (bench: Bench): Promise<ProviderConnectError> => {
  try {
    await bench.session.connect(never);
  } catch (error) {
    assert.ok(error instanceof ProviderConnectError, String(error));
    assert.equal(JSON.stringify([error.message, error.diagnostics]).includes(bench.rig.key), false, 'the key is told');
    return error;
  }
  throw new assert.AssertionError({ message: 'it connected' });
};

const refusals: readonly { readonly refusal: Refusal; readonly code: CloseCode; readonly statusCode: number }[] = [
  ...(
    [
      [401, 'key_refused'],
      [403, 'key_refused'],
      [402, 'quota_exhausted'],
      [404, 'bad_config'],
      [429, 'rate_limited'],
      [500, 'handshake_refused'],
      [503, 'handshake_refused'],
    ] as const
  ).map(([status, code]) => ({ refusal: { kind: 'status' as const, status }, code, statusCode: status })),
  {
    refusal: { kind: 'status', status: 429, body: '{"error":{"code":"insufficient_quota","message":"pay first"}}' },
    code: 'quota_exhausted',
    statusCode: 429,
  },
  { refusal: { kind: 'web_page' }, code: 'handshake_refused', statusCode: 200 },
];

/** How a conversation begins, or why it does not. */
export const connecting = (name: string, makeRig: MakeRig): void => {
  test(`${name}: nothing but the configuration is sent before the provider says that it is ready`, async () => {
    const rig = await makeRig();
    rig.withholdReady();
    await using bench = new Bench(rig, { context: [{ role: 'user', text: 'we met before' }] });
    const connecting = bench.session.connect(never);
    connecting.catch(() => undefined);
    await until(() => rig.opened() === 1 && rig.messages() === 1);
    bench.ask();
    await settle();
    assert.equal(rig.messages(), 1);
    assert.deepEqual(rig.contextTexts(), []);
    assert.deepEqual(bench.ear.all('ready'), []);
    bench.clock.advance(10_000);
    await assert.rejects(connecting, { name: 'ProviderConnectError', code: 'not_ready', retryable: true });
  });

  test(`${name}: what was said before is told to a fresh socket, and it is said to be fresh`, async () => {
    const rig = await makeRig();
    await using bench = await Bench.connected(rig, {
      context: [
        { role: 'user', text: 'we met before' },
        { role: 'assistant', text: 'so we did' },
      ],
    });
    assert.deepEqual(bench.ear.all('ready'), [{ type: 'ready', fresh: true }]);
    if (!bench.provider.capabilities.textIn) return;
    await until(() => rig.contextTexts().length === 2);
    assert.deepEqual(rig.contextTexts(), ['we met before', 'so we did']);
    assert.deepEqual(rig.complaints(), []);
  });

  for (const { refusal, code, statusCode } of refusals) {
    const what = refusal.kind === 'status' ? `status ${refusal.status} ${refusal.body ?? ''}` : 'a web page';
    test(`${name}: ${what} in place of a socket is ${code}`, async () => {
      const rig = await makeRig();
      rig.refuseNext(refusal);
      await using bench = new Bench(rig);
      const error = await refused(bench);
      assert.equal(error.code, code);
      assert.equal(error.diagnostics.source, 'unexpected_response');
      assert.equal(error.diagnostics.statusCode, statusCode);
      assert.equal(bench.ear.all('closed')[0]?.code, code);
    });
  }

  test(`${name}: a wrong key is refused, and is told nowhere although the answer repeats it`, async () => {
    const rig = await makeRig();
    await using bench = new Bench(rig, {}, 'sk-wrong-0123456789');
    const error = await refused(bench);
    assert.equal(error.code, 'key_refused');
    assert.equal(error.retryable, false);
    assert.equal(JSON.stringify([error.message, error.diagnostics, bench.ear.events]).includes('0123456789'), false);
    assert.match(String(error.diagnostics.bodyPreview), /…/);
  });

  test(`${name}: a host that does not answer is unreachable after 10 s`, async () => {
    const rig = await makeRig();
    rig.refuseNext({ kind: 'hang' });
    await using bench = new Bench(rig);
    const connecting = refused(bench);
    await until(() => rig.held() === 1);
    await bench.clock.run(10_000);
    assert.equal((await connecting).code, 'unreachable');
  });

  test(`${name}: a host nobody listens on is unreachable at once`, async () => {
    const rig = await makeRig();
    await using bench = new Bench(rig);
    const session = rig
      .provider({ clock: bench.clock, baseUrl: 'http://127.0.0.1:9/v1' })
      .open(someConfig, () => undefined);
    await assert.rejects(session.connect(never), { code: 'unreachable', retryable: true });
    await session[Symbol.asyncDispose]();
  });

  test(`${name}: an address that is none is a wrong configuration`, async () => {
    const rig = await makeRig();
    await using bench = new Bench(rig);
    const session = rig.provider({ clock: bench.clock, baseUrl: 'no address' }).open(someConfig, () => undefined);
    await assert.rejects(session.connect(never), { code: 'bad_config', retryable: false });
    await session[Symbol.asyncDispose]();
  });

  test(`${name}: a connection that is called off rejects with the signal's reason`, async () => {
    for (const when of ['before', 'dialling', 'open'] as const) {
      const rig = await makeRig();
      rig.withholdReady();
      await using bench = new Bench(rig);
      const off = new AbortController();
      const reason = new Error('the channel is empty');
      if (when === 'before') off.abort(reason);
      const connecting = bench.session.connect(off.signal);
      connecting.catch(() => undefined);
      if (when === 'open') await until(() => rig.opened() === 1 && rig.messages() === 1);
      off.abort(reason);
      await assert.rejects(connecting, reason, when);
    }
  });

  test(`${name}: it can be disposed of at any time, and again`, async () => {
    for (const when of ['before', 'dialling', 'ready'] as const) {
      await using bench = new Bench(await makeRig());
      const connecting = when === 'before' ? Promise.resolve() : bench.session.connect(never);
      connecting.catch(() => undefined);
      if (when === 'ready') await connecting;
      await Promise.all([bench.session[Symbol.asyncDispose](), bench.session[Symbol.asyncDispose]()]);
      if (when === 'before') await assert.rejects(bench.session.connect(never), { code: 'closed', retryable: false });
      if (when === 'dialling') await assert.rejects(connecting, { code: 'closed' });
      bench.ask();
      bench.session.cancel('none');
      bench.session.truncate('none', 10);
      bench.session.submitToolResult('none', '{}');
      bench.session.updateInstructions('Be long.');
      assert.deepEqual(bench.ear.all('closed'), [
        { type: 'closed', code: 'closed', reason: 'disposed', retryable: false },
      ]);
    }
  });
};
