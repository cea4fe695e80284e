/** IP discovery (reference: "IP Discovery"): 74 bytes both ways. */
const LENGTH = 74;
const REQUEST = 1;
const RESPONSE = 2;

/** The SSRC a discovery request asks for; null when the datagram is none. */
export const readDiscovery = (datagram: Buffer): number | null =>
  datagram.length === LENGTH && datagram.readUInt16BE(0) === REQUEST ? datagram.readUInt32BE(4) : null;

export const discoveryAnswer = (ssrc: number, address: string, port: number): Buffer => {
  const answer = Buffer.alloc(LENGTH);
  answer.writeUInt16BE(RESPONSE, 0);
  answer.writeUInt16BE(LENGTH - 4, 2);
  answer.writeUInt32BE(ssrc, 4);
  answer.write(address, 8, 'ascii');
  answer.writeUInt16BE(port, LENGTH - 2);
  return answer;
};
