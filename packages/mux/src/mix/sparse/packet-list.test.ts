import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PacketList } from './packet-list.ts';

test('packets come out as they went in, however many, and the memory is used again', () => {
  const list = new PacketList();
  for (let round = 0; round < 2; round += 1) {
    const packets = Array.from({ length: 300 }, (_, i) => new Uint8Array((i * 7) % 1275).fill(i + round));
    for (const packet of packets) list.push(packet);
    assert.equal(list.length, 300);
    assert.deepEqual([list.get(0), list.get(299)], [packets[0], packets[299]]);
    assert.deepEqual(
      list.sizesFrom(290),
      packets.slice(290).map(({ length }) => length),
    );
    assert.ok(Buffer.concat(packets.slice(290)).equals(list.bytesFrom(290)));
    assert.ok(Buffer.concat(packets).equals(list.bytesFrom(0)));
    list.clear();
    assert.deepEqual([list.length, list.sizesFrom(0), list.bytesFrom(0).length], [0, [], 0]);
  }
});
