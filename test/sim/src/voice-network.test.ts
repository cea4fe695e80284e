import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  DiscordSim,
  type FrameMs,
  type NetworkModel,
  type SentPacket,
  type SimChannel,
  type SimGuild,
  type SimPerson,
  type SimVoiceClient,
} from './index.ts';
import { trust } from './testing/bot.ts';
import { connectDysnomia, type DysnomiaCall, type DysnomiaPacket, NOBODY } from './testing/dysnomia.ts';

let sim: DiscordSim;
let guild: SimGuild;
let voice: SimChannel;
let listener: SimVoiceClient;
let call: DysnomiaCall;
let count = 0;

before(async () => {
  sim = await DiscordSim.start({ dave: false, hearing: false, seed: 7 });
  trust(sim);
  guild = sim.addGuild({ name: 'Guild' });
  voice = guild.addVoiceChannel('Table');
  listener = sim.addVoiceClient(guild, { username: 'listener' });
  call = await connectDysnomia(guild.id, listener.join(voice));
});

after(async () => {
  call[Symbol.dispose]();
  await sim.close();
});

/** Somebody new, so that each test has its own clock and SSRC. */
const somebody = async (network: NetworkModel): Promise<SimPerson> => {
  count += 1;
  const person = guild.addPerson({ username: `person-${count}`, network });
  await person.join(voice);
  if (network.speakingDelayMs === undefined) await introduce(person);
  return person;
};

/** Names the SSRC before the first packet: on a busy machine a speaking event may come after the datagram it announces. */
const introduce = async (person: SimPerson): Promise<void> => {
  const member = sim.call(voice).members.get(person.userId);
  assert.ok(member);
  sim.call(voice).speaking(member, 0);
  await sim.until(() => call.connection.ssrcUserMap[member.ssrc] === person.userId, { what: 'the introduction' });
};

const receivedFrom = ({ userId }: SimPerson): readonly DysnomiaPacket[] => call.received.get(userId) ?? [];

/** Waits for everything the truth says is on its way. */
const arrived = async (person: SimPerson): Promise<readonly DysnomiaPacket[]> => {
  const wanted = person.truth.reduce((sum, { copies }) => sum + copies, 0);
  await sim.until(() => receivedFrom(person).length >= wanted, { what: `${wanted} packets` });
  return receivedFrom(person);
};

const shapes: Record<string, NetworkModel> = {
  'as Discord sends them': {},
  'without a header extension': { extension: 'none' },
  'with an empty header extension': { extension: 'empty' },
  'with three words of header extension': { extension: 'three-words' },
  'with three contributing sources': { csrcs: 3 },
  'with fifteen contributing sources, an extension and padding': {
    csrcs: 15,
    extension: 'three-words',
    paddingBytes: 9,
  },
  'with padding': { paddingBytes: 200 },
};

// Each of these is somebody of his own, so they speak at the same time.
describe('on the way to the call', { concurrency: true }, () => {
  for (const [name, network] of Object.entries(shapes)) {
    test(`packets ${name} are read by an independent client byte for byte`, async () => {
      const person = await somebody(network);
      const spoken = await person.speak({ tone: 440, ms: 100 });
      assert.deepEqual(
        await arrived(person),
        spoken.packets.map(({ opus, sequence, timestamp }) => ({ opus, sequence, timestamp })),
      );
      await person.leave();
    });
  }

  test('loss, jitter and duplicates leave exactly the packets the truth says', async () => {
    const person = await somebody({ lossPercent: 10, jitterMs: 60, duplicatePercent: 10, reorderPercent: 10 });
    const { packets } = await person.speak({ tone: 440, ms: 1_500 }, { channels: 1 });
    const received = await arrived(person);
    const wanted = packets.flatMap(({ sequence, copies }) => Array.from({ length: copies }, () => sequence));
    const bySequence = (a: number, b: number): number => a - b;
    assert.deepEqual(received.map(({ sequence }) => sequence).toSorted(bySequence), wanted.toSorted(bySequence));
    assert.notDeepEqual(
      received.map(({ sequence }) => sequence),
      wanted,
      'some overtook others',
    );
    const lost = packets.filter(({ fate }) => fate === 'lost').length;
    const twice = packets.filter(({ copies }) => copies === 2).length;
    assert.ok(lost >= 2 && lost <= 20 && twice >= 2, `${lost} lost, ${twice} twice of ${packets.length}`);
    await person.leave();
  });

  for (const frameMs of [2.5, 5, 10, 20, 40, 60] as const satisfies readonly FrameMs[]) {
    test(`frames of ${frameMs} ms advance the RTP clock by their length`, async () => {
      const person = await somebody({ startSequence: 65_530, startTimestamp: 2 ** 32 - 1_000 });
      const { packets } = await person.speak({ tone: 440, ms: 240 }, { frameMs });
      const speech = packets.filter(({ silence }) => !silence);
      assert.equal(speech.length, 240 / frameMs);
      assert.equal(packets.length, speech.length + 5);
      assert.deepEqual(
        (await arrived(person)).map(({ opus }) => opus),
        packets.map(({ opus }) => opus),
      );
      packets.slice(1).forEach((packet, index) => {
        const previous = packets[index];
        assert.ok(previous);
        assert.equal((packet.timestamp - previous.timestamp + 2 ** 32) % 2 ** 32, previous.samples);
        assert.equal((packet.sequence - previous.sequence + 65_536) % 65_536, 1);
      });
      assert.ok(packets.length < 8 || packets.some(({ sequence }) => sequence < 10), 'the sequence wrapped');
      await person.leave();
    });
  }

  /** Samples the clock went on between two packets, and microseconds between their sending. */
  const distance = (from: SentPacket | undefined, to: SentPacket | undefined): { samples: number; us: number } => {
    assert.ok(from && to);
    return { samples: (to.timestamp - from.timestamp + 2 ** 32) % 2 ** 32, us: to.sentUs - from.sentUs };
  };

  test('the RTP clock runs on through a pause, or stands still where it is told to', async () => {
    const advancing = await somebody({});
    const frozen = await somebody({ pauseClock: 'freeze' });
    for (const person of [advancing, frozen]) await person.speak({ tone: 440, ms: 60 });
    await Promise.all([advancing, frozen].map((person) => person.speak({ tone: 440, ms: 60 })));
    const ran = distance(advancing.truth[0], advancing.truth[8]);
    assert.ok(Math.abs(ran.samples - (ran.us * 48) / 1_000) < 48 * 250, `${ran.samples} samples in ${ran.us} µs`);
    assert.ok(ran.samples > 8 * 960);
    assert.equal(distance(frozen.truth[0], frozen.truth[8]).samples, 8 * 960);
    await advancing.leave();
    await frozen.leave();
  });

  test('a clock that runs 5 % fast sends its packets in less time', async () => {
    const person = await somebody({ driftPpm: 50_000 });
    const { packets } = await person.speak({ tone: 440, ms: 1_500 });
    // How late each is by a clock of 5 % more; the least of many, since whoever stands still sends late.
    const lateMs = packets.map((packet) => {
      const { samples, us } = distance(packets[0], packet);
      return us / 1_000 - samples / 48 / 1.05;
    });
    const drift = Math.min(...lateMs.slice(-25)) - Math.min(...lateMs.slice(0, 25));
    assert.ok(Math.abs(drift) < 15, `${drift} ms off; a clock that runs right is about 50`);
    await person.leave();
  });

  test('speaking events come late or never, and SSRCs can be used again by somebody else', async () => {
    const late = await somebody({ speakingDelayMs: 150, ssrc: 77_777 });
    const first = await late.speak({ tone: 440, ms: 400 });
    const unknown = () => call.received.get(NOBODY) ?? [];
    const inAll = () => unknown().length + receivedFrom(late).length;
    await sim.until(() => inAll() === first.packets.length, { what: () => `all packets; there: ${inAll()}` });
    const before = unknown().length;
    assert.ok(before > 0 && receivedFrom(late).length > 0, `${before} of ${inAll()} packets before the event`);
    await late.leave();
    const never = await somebody({ speakingDelayMs: 'never', ssrc: 77_777 });
    await never.speak({ tone: 440, ms: 60 });
    const ofOld = (): number => inAll() - first.packets.length;
    await sim.until(() => ofOld() === 8, { what: 'the packets under the old name' });
    assert.equal(receivedFrom(never).length, 0, 'nothing names the new owner of the SSRC');
    await never.leave();
  });

  test('exactly the frames that are named are lost', async () => {
    const person = await somebody({});
    const { packets } = await person.speak({ tone: 440, ms: 120 }, { network: { loseFrames: [0, 3, 4] } });
    assert.deepEqual(
      packets.flatMap(({ fate }, index) => (fate === 'lost' ? [index] : [])),
      [0, 3, 4],
    );
    assert.equal((await arrived(person)).length, packets.length - 3);
    await person.leave();
  });
});

test('RTCP, video and packets of padding alone are mixed in and counted', async () => {
  const person = await somebody({ rtcpEvery: 2, videoEvery: 5, paddingOnlyEvery: 10 });
  const before = sim.faults.datagramsTo(listener.userId);
  const { packets } = await person.speak({ tone: 440, ms: 100 });
  await arrived(person);
  const sent = sim.faults.datagramsTo(listener.userId);
  assert.equal(sent.audio - before.audio, 10);
  assert.equal(sent.rtcp - before.rtcp, 5);
  assert.equal(sent.video - before.video, 2);
  assert.equal(sent.padding - before.padding, 1);
  assert.equal(receivedFrom(person).length, packets.length);
  await person.leave();
});
