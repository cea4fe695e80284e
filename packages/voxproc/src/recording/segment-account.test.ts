import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Tally } from '../receive/tally.ts';
import { type PacketKind, packetKind, SegmentAccount } from './segment-account.ts';

const packet = fc.record({
  samples: fc.constantFrom(120, 480, 960, 2880),
  kind: fc.constantFrom<PacketKind>(...Object.values(packetKind)),
});

test('cut at any packet, the account is what is before the cut, however much was known to be on the disk', () => {
  fc.assert(
    fc.property(
      fc.array(packet, { maxLength: 1500 }),
      fc.nat(),
      fc.array(fc.nat(), { maxLength: 5 }),
      (packets, cut, disk) => {
        const kept = packets.slice(0, packets.length === 0 ? 0 : cut % (packets.length + 1));
        const keptSamples = kept.reduce((sum, { samples }) => sum + samples, 0);
        const account = new SegmentAccount();
        const tally = new Tally();
        for (const { samples, kind } of packets) {
          account.add(samples, kind);
          if (kind === packetKind.received) tally.wrote();
        }
        for (const share of disk) account.reachedDisk(share % (keptSamples + 1));
        const lossBefore = account.fill.lossConcealed + account.fill.lossSilence;
        const lossCut = account.cutTo(keptSamples, tally);

        const of = (kind: PacketKind) =>
          kept.reduce((sum, { samples, kind: is }) => sum + (is === kind ? samples : 0), 0);
        assert.equal(account.samples, keptSamples);
        assert.deepEqual(account.fill, {
          lossConcealed: of(packetKind.lossConcealed),
          lossSilence: of(packetKind.lossSilence),
          pause: of(packetKind.pause),
        });
        assert.equal(lossBefore - lossCut, account.fill.lossConcealed + account.fill.lossSilence);
        assert.equal(tally.written, kept.filter(({ kind }) => kind === packetKind.received).length);
        assert.equal(tally.received, tally.written + (tally.dropped.disk_failed ?? 0));
      },
    ),
  );
});
