/** What voxproc reads from the network by itself, for tests from outside that feed it what no server would send. */
export { DatagramReceiver, type DatagramReceiverOptions, type Verdict } from '../voice/datagram-receiver.ts';
export { type DaveNegotiation, notNegotiated } from '../voice/dave-negotiation.ts';
export { DecryptHealth } from '../voice/decrypt-health.ts';
export { type FrameContext, type FrameSession, openFrame } from '../voice/frame-decryptor.ts';
export { GatewayAdapter } from '../voice/gateway-adapter.ts';
export { classifyDatagram, type RtpHeader, stripPayload } from '../voice/rtp.ts';
export { type TransportMode, transportModes, transportOpener } from '../voice/transport-crypto.ts';
