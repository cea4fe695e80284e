import { OggOpusWriter } from '@parley/mux';
import { type Bench, median } from './bench.ts';

const packet = new Uint8Array(160).fill(0x78);

const nsPerPacket = (packets: number, maxPacketsPerPage: number): { ns: number; overhead: number } => {
  const writer = new OggOpusWriter({ serial: 1, comments: {}, maxPacketsPerPage });
  let bytes = writer.header().length;
  const start = process.hrtime.bigint();
  for (let index = 0; index < packets; index += 1) bytes += writer.push(packet, 960)?.length ?? 0;
  bytes += writer.end().length;
  const ns = Number(process.hrtime.bigint() - start) / packets;
  return { ns, overhead: (bytes / (packets * packet.length) - 1) * 100 };
};

/** Packets into Ogg pages, beside one page per packet. */
export const ogg: Bench = {
  name: 'ogg',
  says: 'Ogg Opus writer, packets of 160 bytes',
  async run({ sanity }) {
    const packets = sanity ? 5_000 : 200_000;
    nsPerPacket(packets, 50);
    const runs = Array.from({ length: sanity ? 1 : 7 }, () => nsPerPacket(packets, 50));
    const single = Array.from({ length: sanity ? 1 : 7 }, () => nsPerPacket(packets, 1));
    return [
      {
        name: '50 packets a page',
        unit: 'ns',
        ...median(runs.map(({ ns }) => ns)),
        reference: { name: 'one a page', value: median(single.map(({ ns }) => ns)).value },
      },
      {
        name: 'bytes over the packets',
        unit: '%',
        value: runs[0]?.overhead ?? Number.NaN,
        reference: { name: 'one a page', value: single[0]?.overhead ?? Number.NaN },
      },
    ];
  },
};
