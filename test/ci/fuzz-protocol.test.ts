import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { catalogue, exitCodes, type Frame, FrameDecoder, FrameError, type LinkEnd, type Side } from '@parley/protocol';
import { channelPair, goldenFrames, settle } from '@parley/protocol/testing';
import type { Prng } from '@parley/sim';
import { VoxprocChild } from '@parley/voxproc/testing';
import { fuzz } from './fuzz.ts';
import { mutate, pick, pieces } from './mutate.ts';

const golden = [...goldenFrames().values()];
/** The largest body a frame may have, and its prefix (02-protocol, Framing). */
const mostHeld = 4 + 1024 * 1024;

/** A stream as no peer should send it: good frames with bad ones among them, whole or mutated, and noise. */
const stream = (chance: Prng): Buffer => {
  const parts = Array.from({ length: chance.int(1, 12) }, (): Buffer => {
    if (chance.chance(60)) return pick(chance, golden);
    if (chance.chance(80)) return mutate(chance, pick(chance, golden));
    const noise = chance.bytes(chance.int(0, 200));
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32LE(chance.chance(80) ? noise.length : chance.int(0, 2 ** 32 - 1));
    return Buffer.concat([prefix, noise]);
  });
  return Buffer.concat(parts);
};

const assertFrame = ({ kind, type, id }: Frame): void => {
  assert.ok(['notification', 'request', 'response', 'error'].includes(kind));
  assert.equal(typeof type, 'string');
  assert.ok(kind === 'notification' ? id === null : Number.isSafeInteger(id) && (id as number) >= 0);
};

fuzz(
  'mutated frames give frames or one FrameError, and no more than one frame is held',
  { short: 20_000, long: 200_000 },
  (chance) => {
    const decoder = new FrameDecoder();
    let failure: unknown = null;
    for (const piece of pieces(chance, stream(chance))) {
      try {
        for (const frame of decoder.push(piece)) assertFrame(frame);
        assert.equal(failure, null, 'goes on after an error');
      } catch (error) {
        assert.ok(error instanceof FrameError, String(error));
        failure ??= error;
        assert.equal(error, failure);
        assert.equal(decoder.held, 0);
      }
      assert.ok(decoder.held <= mostHeld);
    }
  },
);

fuzz(
  'a link that gets mutated frames goes on or ends as garbage, and hears only what fits the catalogue',
  { short: 1000, long: 20_000 },
  async (chance) => {
    const side = pick<Side>(chance, ['supervisor', 'voxproc']);
    const { supervisor, voxproc, supervisorStream, voxprocStream, clock } = channelPair();
    const [channel, peer] = side === 'supervisor' ? [supervisor, voxprocStream] : [voxproc, supervisorStream];
    const theirs = side === 'supervisor' ? catalogue.voxproc : catalogue.supervisor;
    const listen = channel.onNotification.bind(channel) as (
      name: string,
      heard: (params: unknown) => void,
    ) => Disposable;
    for (const [name, { params }] of Object.entries(theirs.notifications)) {
      listen(name, (heard) => void params.parse(heard));
    }
    let end: LinkEnd | null = null;
    void channel.closed.then((reason) => {
      end = reason;
    });
    for (const piece of pieces(chance, stream(chance))) peer.write(piece);
    await settle();
    const early = end as LinkEnd | null;
    if (early !== null) assert.equal(early.kind, 'garbage');
    peer.end();
    await settle();
    await clock.run(2000);
    assert.notEqual(end, null, 'the link has not ended');
    await Promise.all([supervisor[Symbol.asyncDispose](), voxproc[Symbol.asyncDispose]()]);
    assert.equal(clock.timers, 0);
  },
);

fuzz(
  'a voxproc that gets mutated frames answers on, or leaves with the code for garbage',
  { short: 4, long: 60 },
  async (chance) => {
    await using child = new VoxprocChild();
    await child.welcome({ logLevel: 'error' });
    const { stdin } = child.process;
    const requests = [...goldenFrames()].filter(([name]) => /^(request ping|request stats|notification)/.test(name));
    for (let frames = 0; frames < 20; frames += 1) {
      const [, frame] = pick(chance, requests);
      stdin?.write(chance.chance(70) ? frame : mutate(chance, frame, 1));
    }
    // Ends what a prefix that promised too much still waits for.
    stdin?.end();
    const { code, signal } = await child.exited;
    assert.equal(signal, null);
    assert.ok(code === exitCodes.garbage || code === exitCodes.orphaned, `exit code ${code}\n${child.stderr}`);
  },
);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** Bytes in use that are more than noise: a fifth of what is sent. */
const grownAtMost = 4 * 1024 * 1024;

const inUse = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

fuzz('a flood of notifications is worked off as it comes', { short: 1, long: 10 }, async (chance) => {
  const { supervisor, voxproc, supervisorStream } = channelPair();
  const flood = [...goldenFrames()].filter(([name]) => name.startsWith('notification')).map(([, frame]) => frame);
  const before = inUse();
  let most = 0;
  for (let sent = 0; sent < 20 * 1024 * 1024; ) {
    const chunk = Buffer.concat(Array.from({ length: 300 }, () => pick(chance, flood)));
    sent += chunk.length;
    supervisorStream.write(chunk);
    // A pipe is read once in each turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    if (chance.chance(5)) most = Math.max(most, inUse() - before);
  }
  assert.ok(voxproc.isOpen);
  assert.ok(most < grownAtMost, `${most} bytes more in use`);
  await Promise.all([supervisor[Symbol.asyncDispose](), voxproc[Symbol.asyncDispose]()]);
});
