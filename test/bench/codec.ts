import { encodeFrame, FrameDecoder } from '@parley/protocol';
import { type Bench, median } from './bench.ts';

const payload = {
  captureId: 'capture-1',
  userId: '100000000000000001',
  position: 123_456_789,
  peak: 0.5,
  rms: 0.1,
  pcm: Buffer.alloc(1920, 7),
};

const perMessage = (messages: number, job: () => void): number => {
  const start = process.hrtime.bigint();
  job();
  return Number(process.hrtime.bigint() - start) / messages;
};

/** Packing and unpacking a message with 60 ms of audio, beside JSON with base64. */
export const codec: Bench = {
  name: 'codec',
  says: 'protocol codec, ns per message with 1,920 bytes of audio (encode + decode)',
  async run({ sanity }) {
    const messages = sanity ? 2_000 : 50_000;
    const ours = () => {
      const decoder = new FrameDecoder();
      for (let index = 0; index < messages; index += 1) {
        const frame = encodeFrame({ kind: 'notification', type: 'capture.audio', id: null, payload });
        for (const _ of decoder.push(frame));
      }
    };
    const json = () => {
      for (let index = 0; index < messages; index += 1) {
        const line = JSON.stringify(['capture.audio', { ...payload, pcm: payload.pcm.toString('base64') }]);
        const [, back] = JSON.parse(line) as [string, { pcm: string }];
        Buffer.from(back.pcm, 'base64');
      }
    };
    ours();
    json();
    const runs = sanity ? 1 : 7;
    const measured = median(Array.from({ length: runs }, () => perMessage(messages, ours)));
    const reference = median(Array.from({ length: runs }, () => perMessage(messages, json)));
    return [
      {
        name: 'encode + decode',
        unit: 'ns',
        ...measured,
        reference: { name: 'JSON + base64', value: reference.value },
      },
    ];
  },
};
