import assert from 'node:assert/strict';
import { gone, recordings, told } from '../lib/watching.ts';
import { faultTest, sound } from './fault-test.ts';
import { apartFromKeys, assertKept } from './kept.ts';
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

/** Nothing received is missing but what was on its way when the recording ended, milliseconds. */
const onItsWayMs = 300;

faultTest(
  'the disk fills in mid-speech, up to the limit and to the last byte: both times everything received is kept, closed and mixed',
  {
    skip: noSmallDisk(),
    env: (call) => {
      mountSmallDisk(call.recordingsDir);
      return { PARLEY_MIN_FREE_MEGABYTES: '3' };
    },
  },
  async (call, t) => {
    using disk = new DisposableStack();
    disk.defer(() => unmountSmallDisk(call.recordingsDir));
    const people = await gather(call, 'ada', 'ben');
    const record = async (leaveBytes: number): Promise<() => Promise<void>> => {
      const from = call.lines.length;
      const heardFrom = call.text.messages.length;
      const folder = await call.join(people[0]);
      await call.logged('session started', { from });
      const talk = new Talk(call, people);
      await talk.goOnHeard(1000);
      const makeRoom = await fillDisk(call.recordingsDir, leaveBytes);
      const { content } = await told(call, /There is no space left to record/, { from: heardFrom });
      t.diagnostic(`“${content}”`);
      await call.logged('session ended', { from, fits: ({ reason }) => reason === 'disk_full' });
      await talk.stop();
      await call.logged('mux finished', { from });
      await gone(call);
      const session = await sound(t, folder);
      assert.deepEqual(apartFromKeys(session.holes), []);
      assert.deepEqual([...new Set(session.segments.map(({ closedBy }) => closedBy))], ['disk_failed']);
      await assertKept(t, folder, people, session, onItsWayMs);
      return makeRoom;
    };

    // The watch over the free space, which looks every 10 s.
    const makeRoom = await record(2_000_000);
    await people[0].type(call.text, '!join');
    await told(call, /too little disk space is free/);
    await makeRoom();
    // A write that finds no space, before the watch looks again.
    await (await record(0))();
    assert.equal((await recordings(call)).length, 2);
  },
);
