import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discoveryAnswer, readDiscovery } from './discovery.ts';
import { decodeRtp, encodeRtp, headerLength, type RtpPacket } from './rtp.ts';
import { ENCRYPTION_MODES, TransportKey } from './transport.ts';

const plain: RtpPacket = {
  payloadType: 0x78,
  marker: false,
  sequence: 65_535,
  timestamp: 2 ** 32 - 1,
  ssrc: 77,
  csrcs: [],
  extension: null,
  padding: 0,
  payload: Buffer.from('speech'),
};
const packets: Record<string, RtpPacket> = {
  plain,
  extension: { ...plain, extension: { profile: 0xbede, data: Buffer.alloc(4, 1) } },
  sources: { ...plain, csrcs: [1, 2, 3], extension: { profile: 0x1000, data: Buffer.alloc(8, 2) } },
  padded: { ...plain, padding: 11, marker: true },
  'padding alone': { ...plain, padding: 24, payload: Buffer.alloc(0) },
};

for (const [name, packet] of Object.entries(packets)) {
  for (const mode of ENCRYPTION_MODES) {
    test(`an RTP packet (${name}) passes ${mode} unchanged, and no bit of it can be changed`, () => {
      const { header, body } = encodeRtp(packet);
      const key = new TransportKey(mode);
      const datagram = key.seal(header, body);
      const size = headerLength(datagram);
      assert.equal(size, header.length);
      const opened = key.open(datagram, size);
      assert.ok(opened);
      assert.deepEqual(decodeRtp(datagram.subarray(0, size), opened), packet);
      for (const at of [2, header.length, datagram.length - 10]) {
        const changed = Buffer.from(datagram);
        changed[at] = (changed[at] ?? 0) ^ 1;
        assert.equal(key.open(changed, size), null);
      }
      assert.equal(new TransportKey(mode).open(datagram, size), null);
      assert.equal(key.open(datagram.subarray(0, size + 5), size), null);
    });
  }
}

test('what is no RTP has no header, and lengths beyond the packet are refused', () => {
  assert.equal(headerLength(Buffer.alloc(11)), null);
  assert.equal(headerLength(Buffer.alloc(40)), null);
  assert.equal(headerLength(Buffer.from([0x9f, ...Buffer.alloc(40)])), null);
  const { header } = encodeRtp({ ...plain, extension: { profile: 0xbede, data: Buffer.alloc(8) } });
  assert.equal(decodeRtp(header, Buffer.alloc(4)), null);
  const padded = encodeRtp({ ...plain, padding: 4 });
  assert.equal(decodeRtp(padded.header, Buffer.from([1, 200])), null);
});

test('IP discovery is answered in the documented layout', () => {
  const request = Buffer.alloc(74);
  request.writeUInt16BE(1, 0);
  request.writeUInt16BE(70, 2);
  request.writeUInt32BE(99, 4);
  assert.equal(readDiscovery(request), 99);
  assert.equal(readDiscovery(request.subarray(1)), null);
  const answer = discoveryAnswer(99, '127.0.0.1', 50_000);
  assert.equal(answer.length, 74);
  assert.deepEqual([answer.readUInt16BE(0), answer.readUInt16BE(2), answer.readUInt32BE(4)], [2, 70, 99]);
  assert.equal(answer.toString('ascii', 8, answer.indexOf(0, 8)), '127.0.0.1');
  assert.equal(answer.readUInt16BE(72), 50_000);
});
