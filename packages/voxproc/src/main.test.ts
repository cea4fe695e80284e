import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeFrame, exitCodes, ProtocolError } from '@parley/protocol';
import { VoxprocChild } from './testing/voxproc-child.ts';

const join = {
  sessionId: '0199a000-0000-7000-8000-000000000001',
  target: {
    kind: 'discord' as const,
    guildId: '100000000000000001',
    channelId: '300000000000000001',
    userId: '200000000000000001',
  },
  originUs: 0,
  excluded: [],
  roster: [],
};

describe('voxproc process', () => {
  it('says who it is, answers a ping, and exits 0 when asked to', async () => {
    await using child = new VoxprocChild();
    const hello = await child.welcome();
    assert.equal(hello.pid, child.process.pid);
    assert.ok(hello.capabilities.includes('recording'));
    const pong = await child.channel.request('ping', { seq: 7 });
    assert.equal(pong.seq, 7);
    assert.ok(pong.rssBytes > 1e6);
    assert.deepEqual(await child.channel.request('shutdown', { reason: 'test' }), { summary: null });
    assert.deepEqual(await child.exited, { code: exitCodes.asked, signal: null });
  });

  it('exits 64 when the supervisor speaks another version', async () => {
    await using child = new VoxprocChild();
    child.channel.onRequest('hello', () => {
      throw new ProtocolError('protocol_mismatch', 'another version');
    });
    assert.equal((await child.exited).code, exitCodes.protocol_version);
    assert.match(child.stderr, /no welcome from the supervisor/);
  });

  it('exits 64 when nobody welcomes it within three seconds', async () => {
    await using child = new VoxprocChild();
    child.channel.onRequest('hello', () => new Promise(() => {}));
    assert.equal((await child.exited).code, exitCodes.protocol_version);
  });

  it('exits 66 on a certificate that is none', async () => {
    await using child = new VoxprocChild();
    await child.welcome({ caPem: '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n' });
    assert.equal((await child.exited).code, exitCodes.bad_config);
  });

  it('exits 65 on garbage', async () => {
    await using child = new VoxprocChild();
    await child.welcome();
    child.process.stdin?.write(Buffer.from([5, 0, 0, 0, 0xc1, 0xc1, 0xc1, 0xc1, 0xc1]));
    assert.equal((await child.exited).code, exitCodes.garbage);
  });

  it('exits 65 on garbage although its input ends right after it', async () => {
    await using child = new VoxprocChild();
    await child.welcome();
    child.process.stdin?.end(Buffer.from('not a frame at all'));
    assert.equal((await child.exited).code, exitCodes.garbage);
  });

  it('exits 75 when its input ends, before and after the handshake', async () => {
    await using early = new VoxprocChild();
    early.process.stdin?.end();
    assert.equal((await early.exited).code, exitCodes.orphaned);
    await using child = new VoxprocChild();
    await child.welcome();
    child.process.stdin?.end();
    assert.equal((await child.exited).code, exitCodes.orphaned);
  });

  it('keeps going after signals that reach the whole process group', async () => {
    await using child = new VoxprocChild();
    await child.welcome();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) child.process.kill(signal);
    assert.equal((await child.channel.request('ping', { seq: 1 })).seq, 1);
    await child.channel.request('shutdown', { reason: 'test' });
    assert.equal((await child.exited).code, exitCodes.asked);
  });

  it('keeps going when the supervisor stops reading, until its input ends', async () => {
    await using child = new VoxprocChild();
    await child.welcome();
    child.process.stdout?.pause();
    // Each answer is a frame; many more than pipe and queue hold.
    for (let id = 1; id <= 60_000; id += 1) {
      child.process.stdin?.write(encodeFrame({ kind: 'request', type: 'stats.get', id, payload: {} }));
    }
    await child.until('the end of the link in the log', () => child.stderr.includes('recording on until stdin ends'));
    assert.equal(child.process.exitCode, null);
    child.process.stdin?.end();
    child.process.stdout?.resume();
    assert.equal((await child.exited).code, exitCodes.orphaned);
  });

  it('refuses what needs a channel before one is joined, each with its code', async () => {
    await using child = new VoxprocChild();
    await child.welcome();
    const { channel } = child;
    const refusals = [
      channel.request('recording.stop', { reason: 'x' }),
      channel.request('recording.pause', {}),
      channel.request('recording.exclude', { userId: '200000000000000002' }),
      channel.request('session.move', { channelId: '300000000000000002', roster: [] }),
      channel.request('sound.play', { file: '/nowhere.ogg' }),
    ];
    await Promise.all(refusals.map((refusal) => assert.rejects(refusal, { code: 'not_joined' })));
    assert.deepEqual(await channel.request('session.leave', { reason: 'x' }), { summary: null });
    const stats = await channel.request('stats.get', {});
    assert.equal(stats.connection, 'none');
  });

  it('refuses to join while the main gateway is away, and while it is joining', async () => {
    await using child = new VoxprocChild();
    await child.welcome();
    const { channel } = child;
    channel.notify('gateway.available', { available: false });
    await assert.rejects(channel.request('session.join', join), { code: 'gateway_unavailable' });
    channel.notify('gateway.available', { available: true });
    const joining = channel.request('session.join', join);
    await child.until('an op 4', () => child.all('gateway.send')[0]);
    await assert.rejects(channel.request('session.join', join), { code: 'already_joined' });
    assert.deepEqual(child.all('gateway.send')[0]?.payload.d, {
      guild_id: join.target.guildId,
      channel_id: join.target.channelId,
      self_deaf: false,
      self_mute: false,
    });
    await Promise.all([
      assert.rejects(joining, { code: 'voice_ended' }),
      channel.request('session.leave', { reason: 'changed my mind' }),
    ]);
    assert.equal(child.all('gateway.send').at(-1)?.payload.d.channel_id, null);
  });

  it('says its last words and exits 70 on a defect', async () => {
    const defect = `process.on('SIGUSR2', () => { throw new Error('a callback of a library') })`;
    await using child = new VoxprocChild({
      execArgv: ['--import', `data:text/javascript,${encodeURIComponent(defect)}`],
    });
    await child.welcome();
    await child.channel.request('ping', { seq: 1 });
    child.process.kill('SIGUSR2');
    assert.equal((await child.exited).code, exitCodes.internal);
    assert.deepEqual(child.all('fatal'), [{ code: 'internal', message: 'a callback of a library' }]);
    assert.match(child.stderr, /"msg":"uncaught"/);
  });

  it('writes nothing but frames to stdout', async () => {
    await using child = new VoxprocChild();
    await child.welcome();
    await child.channel.request('shutdown', { reason: 'test' });
    assert.equal((await child.ended).kind, 'ended');
    assert.match(child.stderr, /"msg":"ready"/);
  });
});
