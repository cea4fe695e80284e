import { type Bench, type Figure, median } from './bench.ts';
import { disk, endToEnd, socket, transport } from './receive/apart.ts';
import { fromDatagram, fromPacket } from './receive/ours.ts';
import { pagePerPacket } from './receive/page-per-packet.ts';
import { traffic } from './receive/traffic.ts';

const BUDGET_US = 20;

/** Receive and write; socket, encryption and disk apart. */
export const receive: Bench = {
  name: 'receive',
  says: 'one packet through receiving, order, place, accounting and pages (10 speakers), CPU',
  async run({ sanity }) {
    const packets = traffic(sanity ? 4 : 60);
    const repeat = async (job: () => number | Promise<number>): Promise<ReturnType<typeof median>> => {
      await job();
      const values: number[] = [];
      for (let run = 0; run < (sanity ? 1 : 7); run += 1) values.push(await job());
      return median(values);
    };
    const whole = await repeat(() => fromDatagram(packets));
    const reference = await repeat(() => pagePerPacket(packets));
    const apart = (name: string, figure: ReturnType<typeof median>): Figure => ({
      name: `  apart: ${name}`,
      unit: 'µs',
      ...figure,
    });
    return [
      {
        name: `datagram to page queue, ${packets.length} packets`,
        unit: 'µs',
        ...whole,
        reference: { name: 'a page and a write a packet', value: reference.value },
        budget: { text: `≤ ${BUDGET_US} µs`, ok: whole.value <= BUDGET_US },
      },
      { name: '  of it from the decrypted packet on', unit: 'µs', ...(await repeat(() => fromPacket(packets))) },
      apart('transport decryption', await repeat(() => transport(packets))),
      apart('end-to-end decryption', await repeat(() => endToEnd(sanity ? 1000 : 20_000))),
      apart('socket', await repeat(() => socket(sanity ? 1000 : 20_000))),
      apart('disk', await repeat(() => disk(sanity ? 50 : 1000))),
    ];
  },
};
