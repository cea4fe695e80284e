import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordingLayout } from '@parley/mux';
import { PagesRig } from '../../../testing/pages-rig.ts';

export const guildA = '100000000000000001';
export const guildB = '100000000000000002';
export const ada = '200000000000000001';
export const ben = '200000000000000002';
export const cyd = '200000000000000003';
export const dan = '200000000000000004';
export const id = `${guildA}-300000000000000001-20270115T080000000Z`;
export const unknownId = `${guildA}-300000000000000009-20270115T080000000Z`;

/** A recording that Ada asked for and Ben is heard in; Cyd is another member, Dan manages the server. */
export const setUp = async (options: Parameters<typeof PagesRig.start>[0] = {}) => {
  const rig = await PagesRig.start(options);
  rig.people.names.set(guildA, 'Guild A');
  for (const userId of [ada, ben, cyd]) rig.people.put(guildA, userId);
  rig.people.put(guildA, dan, true);
  const person = { userId: ben, username: 'ben', displayName: 'Ben', bot: false, speechMs: 5000 };
  const folder = await rig.recording(
    { recordingSessionId: id, guildId: guildA, requestedByUserId: ada },
    { participants: [person], markers: [{ sample: 48_000, userId: ben, text: 'a note' }] },
  );
  const layout = recordingLayout(folder);
  await writeFile(layout.mix, 'OggS0123456789');
  await writeFile(layout.track(ben), 'OggSben');
  await mkdir(join(folder, 'peaks'));
  const levels = Buffer.from([0, 255]).toString('base64');
  await writeFile(join(folder, 'peaks', `${ben}.json`), JSON.stringify({ msPerPoint: 100, levels }));
  rig.store.segments.closed({
    ...{ recordingSessionId: id, segmentId: `${ben}/000000000000-0`, userId: ben, startSample: 0, samples: 240_000 },
    ...{ packets: { received: 1, written: 1, lost: 0 }, bytes: 1, status: 'closed', closedBy: null },
  } as never);
  await rig.store.flush();
  return { rig, folder };
};
