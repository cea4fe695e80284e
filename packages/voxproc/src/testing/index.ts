export { EchoCorrelator } from '../capture/echo/echo-correlator.ts';
export { Resampler } from '../dsp/resampler.ts';
export type { MediaPacket } from '../receive/packet-source.ts';
export { Recorder } from '../recording/recorder.ts';
export { auditSegment, misalignment, type Placed, placesOf, quantile, segmentPackets } from './audit.ts';
export { CaptureRig, tonePackets20 } from './capture-rig.ts';
export { type Fault, type FsCall, heldDisk, MemoryFs } from './memory-fs.ts';
export {
  type FrameMs,
  mergePackets,
  mergeStreams,
  type Network,
  packetIndex,
  packetStream,
  packetsOf,
  perfectNetwork,
  plainSpeaker,
  type SentPacket,
  type SpeakerModel,
  type Stall,
  seededRandom,
  speechPacket,
} from './packet-stream.ts';
export {
  type Bench,
  copyTo,
  deliver,
  makeBench,
  ORIGIN_US,
  person,
  type Recorded,
  readJournal,
  readSidecars,
  recordAll,
  recordingSpecOf,
  START_TIME,
  type Step,
} from './simulate.ts';
export { StallingClock } from './stalling-clock.ts';
export { Talker } from './talker.ts';
export { type Tapped, TappedVoice } from './tapped-voice.ts';
export { babble, throughRoom } from './voice.ts';
export * from './voice-parts.ts';
export { VoxprocChild } from './voxproc-child.ts';
