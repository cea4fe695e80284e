import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { classifyDatagram, discoveryRequest, type RtpHeader, stripPayload } from './rtp.ts';

const packet = ({ first = 0x80, second = 0x78, tail = [] as number[] } = {}): Buffer => {
  const bytes = Buffer.alloc(12 + tail.length);
  bytes[0] = first;
  bytes[1] = second;
  bytes.writeUInt16BE(0xfffe, 2);
  bytes.writeUInt32BE(0xffff_fc40, 4);
  bytes.writeUInt32BE(0xdead_beef, 8);
  Buffer.from(tail).copy(bytes, 12);
  return bytes;
};
const header = (over: Partial<RtpHeader>): RtpHeader => ({
  sequence: 0,
  timestamp: 0,
  ssrc: 1,
  padded: false,
  headerBytes: 12,
  extensionBytes: 0,
  ...over,
});

describe('classifyDatagram', () => {
  it('reads the header of a plain Opus packet', () => {
    assert.deepEqual(classifyDatagram(packet({ tail: [1, 2, 3] })), {
      kind: 'audio',
      header: header({ sequence: 0xfffe, timestamp: 0xffff_fc40, ssrc: 0xdead_beef }),
    });
  });

  const sizes: [string, number, number[], number, number][] = [
    ['no CSRC, no extension', 0x80, [9, 9], 12, 0],
    ['two CSRCs', 0x82, [0, 0, 0, 1, 0, 0, 0, 2, 9], 20, 0],
    ['fifteen CSRCs', 0x8f, new Array(61).fill(7), 72, 0],
    ['an extension of one word', 0x90, [0xbe, 0xde, 0, 1, 9], 16, 4],
    ['an extension of another profile', 0x90, [0x10, 0, 0, 3, 9], 16, 12],
    ['one CSRC and an extension', 0x91, [0, 0, 0, 1, 0xbe, 0xde, 0, 2, 9], 20, 8],
    ['an extension without the X bit is payload', 0x80, [0xbe, 0xde, 0, 1, 9], 12, 0],
    ['CSRCs that run past the end', 0x8f, [1], 72, 0],
  ];
  for (const [name, first, tail, headerBytes, extensionBytes] of sizes) {
    it(`sizes the clear header: ${name}`, () => {
      const found = classifyDatagram(packet({ first, tail }));
      assert.equal(found.kind, 'audio');
      assert.deepEqual(
        { headerBytes: found.header.headerBytes, extensionBytes: found.header.extensionBytes },
        { headerBytes, extensionBytes },
      );
    });
  }

  const kinds: [string, Buffer, string][] = [
    ['a marker bit is still audio', packet({ second: 0xf8 }), 'audio'],
    ['a sender report', packet({ second: 200 }), 'rtcp'],
    ['a receiver report of eight bytes', Buffer.from([0x81, 201, 0, 1, 0, 0, 0, 1]), 'rtcp'],
    ['H264', packet({ second: 101 }), 'other_payload'],
    ['a keep-alive echo', Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), 'not_rtp'],
    ['RTP version 1', packet({ first: 0x40 }), 'not_rtp'],
    ['eleven bytes of RTP', packet().subarray(0, 11), 'not_rtp'],
    ['nothing', Buffer.alloc(0), 'not_rtp'],
    ['one byte', Buffer.from([0x80]), 'not_rtp'],
  ];
  for (const [name, bytes, kind] of kinds) {
    it(`tells apart: ${name}`, () => assert.equal(classifyDatagram(bytes).kind, kind));
  }

  it('knows the answer to its own discovery request', () => {
    const answer = discoveryRequest(77);
    assert.equal(classifyDatagram(answer).kind, 'not_rtp');
    answer.writeUInt16BE(2, 0);
    assert.deepEqual(classifyDatagram(answer), { kind: 'discovery', ssrc: 77 });
  });

  it('never throws, and strips within bounds, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.uint8Array({ maxLength: 60 }), (datagram, plaintext) => {
        const found = classifyDatagram(Buffer.from(datagram));
        if (found.kind !== 'audio') return;
        const payload = stripPayload(Buffer.from(plaintext), found.header);
        if (payload.kind === 'payload') assert.ok(payload.bytes.length > 0 && payload.bytes.length <= plaintext.length);
      }),
    );
  });
});

describe('stripPayload', () => {
  const cases: [string, number[], Partial<RtpHeader>, number[] | string][] = [
    ['neither', [1, 2, 3], {}, [1, 2, 3]],
    ['an extension', [0, 0, 0, 0, 1, 2], { extensionBytes: 4 }, [1, 2]],
    ['padding', [1, 2, 0, 2], { padded: true }, [1, 2]],
    ['an extension, then padding', [0, 0, 0, 0, 1, 0, 0, 3], { extensionBytes: 4, padded: true }, [1]],
    ['padding of one byte', [1, 1], { padded: true }, [1]],
    ['nothing but padding', [0, 0, 3], { padded: true }, 'all_padding'],
    ['padding that would eat the extension', [0, 0, 0, 0, 9, 3], { extensionBytes: 4, padded: true }, 'malformed'],
    ['padding longer than everything', [1, 200], { padded: true }, 'malformed'],
    ['a padding count of 0', [5, 6, 0], { padded: true }, [5, 6, 0]],
    ['nothing', [], {}, 'empty'],
    ['nothing after the extension', [0, 0, 0, 0], { extensionBytes: 4 }, 'empty'],
    ['an extension longer than everything', [1, 2], { extensionBytes: 4 }, 'malformed'],
    ['without the P bit the last byte means nothing', [1, 2, 2], {}, [1, 2, 2]],
  ];
  for (const [name, plaintext, over, expected] of cases) {
    it(`strips: ${name}`, () => {
      const payload = stripPayload(Buffer.from(plaintext), header(over));
      assert.deepEqual(payload.kind === 'payload' ? [...payload.bytes] : payload.kind, expected);
    });
  }
});
