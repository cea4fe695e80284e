import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasDaveTrailer, recordingLayout } from '@parley/mux';
import type { EncryptionMode, NetworkModel, SimPerson } from '@parley/sim';
import { decode, locate } from '../lib/audio.ts';
import { BotOnSim, readJournal, readSession, unbalanced } from '../lib/bot-on-sim.ts';
import { need } from '../lib/need.ts';
import { packetsOf, parleyMux, receiveSummaries, sidecarsOf } from '../lib/recording-files.ts';
import { chirp } from '../lib/sounds.ts';
import { gone } from '../lib/watching.ts';
import { expectedAudio, saidOf, toBot } from './voxproc-rig.ts';

const calls: readonly { readonly dave: boolean; readonly mode: EncryptionMode }[] = [
  { dave: false, mode: 'aead_aes256_gcm_rtpsize' },
  { dave: false, mode: 'aead_xchacha20_poly1305_rtpsize' },
  { dave: true, mode: 'aead_aes256_gcm_rtpsize' },
  { dave: true, mode: 'aead_xchacha20_poly1305_rtpsize' },
];

const rough: NetworkModel = { lossPercent: 2, jitterMs: 60 };
const roughAndUnnamed: NetworkModel = { ...rough, speakingDelayMs: 300 };

/** What two people say together: nothing in it repeats, so that each stretch of it is found in one place only. */
const clip = chirp(3000, 200, 3400);
const stretchMs = 500;
const rate = 16_000;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Samples at 16 kHz by which each half second of `clip` stands off where it was said. */
const offsets = async (folder: string, { userId }: SimPerson, startedAtUs: number): Promise<number[]> => {
  const start = (await readJournal(folder, 'supervisor.jsonl')).find((line) => line.type === 'recording_started');
  assert.ok(start?.type === 'recording_started');
  const track = await decode(recordingLayout(folder).track(userId), rate);
  const saidAt = Math.round(((startedAtUs - start.originUs) * rate) / 1e6);
  const step = (stretchMs * rate) / 1000;
  const found: number[] = [];
  for (let from = 0; from + step <= clip.pcm.length; from += step) {
    const { at, correlation } = locate(clip.pcm.slice(from, from + step), track, saidAt + from, 0.08 * rate);
    if (correlation > 0.6) found.push(at - saidAt - from);
  }
  return found;
};

for (const { dave, mode } of calls) {
  test(`a rough network is recorded to the packet, DAVE ${dave ? 'on' : 'off'}, ${mode}`, need('ffmpeg'), async (t) => {
    await using call = await BotOnSim.start({ dave, modes: [mode], speakingReplay: false });
    const ada = call.guild.addPerson({ username: 'ada', network: rough });
    const ben = call.guild.addPerson({ username: 'ben', network: roughAndUnnamed });
    const people = [ada, ben];
    for (const person of people) await person.join(call.voice);
    const folder = await call.join(ada);
    await call.sim.until(() => people.every(({ canSend }) => canSend), { what: 'everybody can send' });
    const spoken = await Promise.all(people.map((person) => person.speak(clip)));
    await call.sim.until(() => people.every(({ truth }) => truth.every(isDelivered)), { what: 'the last packets' });
    const muxed = call.muxed();
    await ada.type(call.text, '!leave');
    await muxed;

    const session = await readSession(folder);
    assert.equal(session.status, 'completed');
    assert.deepEqual(unbalanced(session.segments), []);
    const summaries = await receiveSummaries(folder);
    assert.equal(summaries.length, 1);
    const { unattributed = -1, foreign = -1, optedOut = -1, bots = -1 } = summaries[0] ?? {};
    assert.deepEqual({ unattributed, foreign, optedOut, bots }, { unattributed: 0, foreign: 0, optedOut: 0, bots: 0 });
    const relayed = sum(people.map(({ truth }) => toBot(truth)));
    const inSidecars = sum(session.segments.map(({ packets }) => packets.received));
    assert.equal(inSidecars + sum(summaries.map(({ received }) => received)), relayed, 'received and relayed');
    assert.equal(session.quality.received, relayed);
    assert.equal(session.quality.undecryptable, 0);
    const { received, written, lost } = session.quality;
    assert.deepEqual(await packetMetrics(call), { received, written, lost }, '/metrics agrees with session.json');

    for (const { userId, username, truth } of people) {
      const sidecars = await sidecarsOf(folder, userId);
      assert.ok(sidecars.every(({ encryption }) => encryption.version === (dave ? 1 : 0)));
      const expected = expectedAudio(truth);
      const written = await packetsOf(folder, userId);
      const said = saidOf(written);
      assert.equal(written.filter(hasDaveTrailer).length, 0, `${username}: ciphertext`);
      assert.equal(said[0], expected[0], `${username}: the first packet`);
      // Late is only what a simulator that stood still sent too late; then the account names each one that is missing.
      const late = sum(sidecars.map(({ packets }) => packets.dropped.late ?? 0));
      const kept = new Set(said);
      assert.deepEqual(
        said,
        expected.filter((hex) => kept.has(hex)),
        `${username}: in order`,
      );
      assert.equal(said.length, expected.length - late, `${username}: complete`);
    }

    const verified = await parleyMux(folder, '--verify');
    assert.equal(verified.exitCode, 0, verified.stdout);

    const [adas, bens] = await Promise.all(people.map((person, at) => offsets(folder, person, startOf(spoken, at))));
    assert.ok(adas && bens && adas.length >= 4 && bens.length >= 4, 'the clips are found on the tracks');
    const apartMs = ((Math.max(...adas, ...bens) - Math.min(...adas, ...bens)) / rate) * 1000;
    t.diagnostic(`${relayed} packets relayed; two people at most ${apartMs.toFixed(1)} ms apart`);
    assert.ok(apartMs <= 20, `two people are ${apartMs.toFixed(1)} ms apart`);
    await gone(call);
  });
}

/** What `/metrics` says of packets; nothing else was recorded since the bot began. */
const packetMetrics = async ({ lines }: BotOnSim): Promise<Record<'received' | 'written' | 'lost', number>> => {
  const url = lines.find(({ msg }) => msg === 'HTTP server listens')?.url;
  const text = await (await fetch(`${String(url)}/metrics`)).text();
  const value = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  return {
    received: value('parley_packets_received_total'),
    written: value('parley_packets_written_total'),
    lost: value('parley_packets_lost_total'),
  };
};

const isDelivered = ({ fate, toBot: copies }: SimPerson['truth'][number]): boolean =>
  fate !== 'relayed' || copies.length > 0;

const startOf = (spoken: readonly { readonly startedAtUs: number }[], at: number): number => {
  const { startedAtUs } = spoken[at] ?? {};
  assert.ok(startedAtUs !== undefined);
  return startedAtUs;
};
