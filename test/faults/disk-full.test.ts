import assert from 'node:assert/strict';
import { gone, patienceMs, recordings, stopBot, told } from '../lib/watching.ts';
import { faultTest, sound } from './fault-test.ts';
import { assertKept } from './kept.ts';
import { processesWith } from './processes.ts';
import { fillDisk, mountSmallDisk, noSmallDisk, unmountSmallDisk } from './small-disk.ts';
import { gather, Talk } from './talk.ts';

faultTest(
  'with too little free space no recording begins, and people hear why without a path of this machine',
  { env: { PARLEY_MIN_FREE_MEGABYTES: '1000000', PARLEY_WARM_VOXPROC: 'false' } },
  async (call, t) => {
    const [ada] = await gather(call, 'ada');
    await ada.type(call.text, '!join');
    const { content } = await told(call, /I could not join/);
    t.diagnostic(`“${content}”`);
    assert.match(content, /too little disk space is free/);
    assert.ok(!content.includes(call.folder));
    await gone(call);
    assert.deepEqual(await recordings(call), []);
    const voxprocs = async () => (await processesWith(call.folder)).filter(({ pid }) => pid !== call.bot.pid);
    assert.deepEqual(await voxprocs(), []);
  },
);

faultTest(
  'the disk fills in mid-speech: the recording ends as disk_full, what was written is whole, and it is mixed when there is room',
  {
    skip: noSmallDisk(),
    env: (call) => {
      mountSmallDisk(call.recordingsDir);
      return { PARLEY_MIN_FREE_MEGABYTES: '0' };
    },
  },
  async (call, t) => {
    using disk = new DisposableStack();
    disk.defer(() => unmountSmallDisk(call.recordingsDir));
    const people = await gather(call, 'ada', 'ben');
    const folder = await call.join(people[0]);
    await call.logged('session started');
    const talk = new Talk(call, people);
    await talk.goOnHeard(2000);
    const makeRoom = await fillDisk(call.recordingsDir);
    const { content } = await told(call, /There is no space left to record/);
    t.diagnostic(`“${content}”`);
    await call.logged('session ended', { fits: ({ reason }) => reason === 'disk_full' });
    await gone(call);
    await talk.stop();
    await call.logged('the mixer broke; it is tried again', { timeoutMs: patienceMs });

    await makeRoom();
    await stopBot(call);
    const from = call.lines.length;
    await call.startBot();
    await call.logged('mux finished', { from });
    const session = await sound(t, folder);
    t.diagnostic(session.segments.map(({ closedBy, packets }) => `${closedBy}: ${packets.written} packets`).join(', '));
    await assertKept(t, folder, people, session);
    assert.deepEqual(await recordings(call), [folder], 'the recording that ended is not taken up again');
  },
);
