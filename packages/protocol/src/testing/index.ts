export { renderReadme, renderTables } from '../generate-readme.ts';
export { type ChannelPairOptions, channelPair } from './channel-pair.ts';
export { Expectation, ExpectedRequest } from './expectation.ts';
export { FakeClock, settle } from './fake-clock.ts';
export { goldenFrames } from './golden-frames.ts';
export { linkedStreams } from './linked-streams.ts';
export { type SampleSize, sampleOf } from './sample.ts';
export { type Heard, ScriptedPeer, type ScriptedPeerOptions } from './scripted-peer.ts';
