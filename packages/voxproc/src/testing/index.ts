export { type Fault, type FsCall, MemoryFs } from './memory-fs.ts';
export {
  type FrameMs,
  mergePackets,
  type Network,
  packetIndex,
  packetsOf,
  perfectNetwork,
  plainSpeaker,
  type SentPacket,
  type SpeakerModel,
  type Stall,
  seededRandom,
  speechPacket,
} from './packet-stream.ts';
export { VoxprocChild } from './voxproc-child.ts';
