import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findFfmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { type MixFileResult, writeMix } from '../job/write-mix.ts';
import { type ChosenEngine, chooseEngine } from '../mix/choose-engine.ts';
import type { EngineWish } from '../mix/engine-wish.ts';
import type { MixEngine, MixSource } from '../mix/mix-engine.ts';
import { SparseEngine } from '../mix/sparse/sparse-engine.ts';
import { MuxError } from '../mux-error.ts';
import { PRE_SKIP } from '../ogg/opus-headers.ts';
import { OggOpusWriter } from '../ogg/opus-writer.ts';
import { silenceFill } from '../ogg/silence.ts';
import { decodeStereo, lagOf, leftOf } from '../testing/decode.ts';
import { judge } from '../testing/judge.ts';
import { decodeStream, idealMix } from '../testing/seam-corpus.ts';
import { type TalkPacket, talk } from '../testing/seam-talk.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { encodePackets, toneSamples } from '../testing/tones.ts';
import { SpliceEngine } from './splice-engine.ts';

const samples = 30 * 48_000 + 77;
const opusinfo = judge('opusinfo', 'opus-tools');

/** A person's track as the mux lays it. */
const writeTrackFile = (path: string, packets: readonly TalkPacket[]): void => {
  const writer = new OggOpusWriter({ serial: 1, comments: {} });
  const parts: (Buffer | null)[] = [writer.header()];
  let end = 0;
  const fillTo = (position: number): void => {
    for (const fill of silenceFill(position - end)) parts.push(writer.push(fill.packet, fill.samples));
    end = position;
  };
  for (const { position, samples: length, data } of packets) {
    fillTo(position);
    parts.push(writer.push(data, length));
    end = position + length;
  }
  fillTo(Math.max(end, Math.ceil((samples + PRE_SKIP) / 120) * 120));
  parts.push(writer.end({ granule: samples + PRE_SKIP }));
  writeFileSync(path, Buffer.concat(parts.filter((part) => part !== null)));
};

const sourcesOf = (folder: string, people: readonly (readonly TalkPacket[])[]): MixSource[] =>
  people.map((packets, i) => {
    const track = join(folder, `${i + 1}.ogg`);
    writeTrackFile(track, packets);
    return { userId: String(i + 1), track };
  });

const mixed = (folder: string, sources: readonly MixSource[], chosen: ChosenEngine): Promise<MixFileResult> =>
  writeMix({
    ...{
      chosen,
      sources,
      durationSamples: samples,
      comments: { TITLE: 'Table' },
      serial: 7,
      jobs: 1,
      targetLufs: null,
    },
    path: join(folder, 'full.ogg'),
  });

const wished = (wish: EngineWish, sources: readonly MixSource[]): Promise<ChosenEngine> =>
  chooseEngine({ wish, sources, ffmpeg: {} });

const decibels = (pcm: Float32Array): number =>
  10 * Math.log10(pcm.reduce((sum, value) => sum + value * value, 0) / pcm.length);

describe('the same tracks through all engines', () => {
  const folder = new TempFolder();
  const people = talk({ people: 3, seconds: 30, seed: 8, interrupting: 0.5 });
  let ffmpeg: string;
  let sources: MixSource[];
  const heard = new Map<EngineWish, { left: Float32Array; result: MixFileResult; bytes: number }>();

  const leftBy = (wish: EngineWish): Float32Array => heard.get(wish)?.left ?? new Float32Array(0);

  before(async () => {
    ffmpeg = (await findFfmpeg()).path;
    sources = sourcesOf(folder.path, people);
    for (const wish of ['ffmpeg', 'sparse', 'splice'] as const) {
      const result = await mixed(folder.path, sources, await wished(wish, sources));
      const path = join(folder.path, 'full.ogg');
      heard.set(wish, { left: leftOf(decodeStereo(ffmpeg, path)), result, bytes: statSync(path).size });
      if (wish === 'splice' && opusinfo.present) {
        const { stdout, stderr } = spawnSync(opusinfo.path, [path], { encoding: 'utf8' });
        assert.doesNotMatch(`${stdout}${stderr}`, /WARNING|ERROR|not set|Negative/i);
      }
    }
  });
  after(() => folder[Symbol.dispose]());

  test('each says its name', () => {
    assert.deepEqual(
      [...heard.values()].map(({ result }) => result.engine),
      ['ffmpeg-amix', 'sparse', 'splice'],
    );
  });

  test('all are exactly as long as the recording', () => {
    for (const { left } of heard.values()) assert.equal(left.length, samples);
  });

  test('everybody stands at the same place in all of them', () => {
    const reference = leftBy('ffmpeg');
    for (const wish of ['sparse', 'splice'] as const) {
      const left = leftBy(wish);
      for (let at = 48_000; at < samples - 96_000; at += 240_000) {
        const piece = reference.subarray(at, at + 48_000);
        if (decibels(piece) > -50) assert.ok(Math.abs(lagOf(left, piece, at, 20)) <= 1, `${wish} at ${at}`);
      }
    }
  });

  test('everybody is as loud in all of them, and the same loudness is measured', () => {
    const all = [...heard.values()];
    const loudness = all.map(({ result }) => result.loudness.integrated);
    assert.ok(Math.max(...loudness) - Math.min(...loudness) < 0.3, loudness.join(' '));
    const ideal = idealMix(people, samples + PRE_SKIP).subarray(PRE_SKIP);
    for (let at = 0; at < samples - 96_000; at += 96_000) {
      const wanted = decibels(ideal.subarray(at, at + 96_000));
      if (wanted < -50) continue;
      for (const wish of ['sparse', 'splice'] as const) {
        const level = decibels(leftBy(wish).subarray(at, at + 96_000));
        assert.ok(Math.abs(level - wanted) < 0.3, `${wish} at ${at}: ${level} for ${wanted}`);
      }
    }
  });

  test('players without libopus hear the same of a spliced mix', async () => {
    const chosen = await wished('splice', sources);
    const packets: Uint8Array[] = [];
    await chosen.engine.mix({
      ...{ sources, durationSamples: samples, jobs: 1, ceilingDb: -4 },
      sink: (packet) => packets.push(Uint8Array.from(packet)),
    });
    const libopus = decodeStream(packets, samples + PRE_SKIP).subarray(PRE_SKIP);
    const own = leftBy('splice');
    assert.ok(decibels(own.map((value, i) => value - (libopus[i] as number))) - decibels(libopus) < -40);
  });

  test('a spliced mix is closer to what was said than one encoded anew', () => {
    const ideal = idealMix(people, samples + PRE_SKIP).subarray(PRE_SKIP);
    const [sparse, splice] = (['sparse', 'splice'] as const).map((wish) =>
      decibels(leftBy(wish).map((value, i) => value - (ideal[i] as number))),
    ) as [number, number];
    assert.ok(splice < sparse - 3, `${splice} and ${sparse}`);
  });
});

test('splice is chosen for CELT and turns, sparse for SILK or everybody at once', async () => {
  using folder = new TempFolder();
  const tone = (application: 'audio' | 'voip', at: number): TalkPacket[] =>
    encodePackets(toneSamples({ frequency: 440, levelDb: -12 }, 480_000), {
      ...{ application, channels: 1, bitrate: application === 'voip' ? 16_000 : 64_000 },
    }).map(({ packet, samples: length }, i) => ({ position: at + i * length, samples: length, data: packet }));
  const cases: [TalkPacket[][], MixEngine['name']][] = [
    [[tone('audio', 0), tone('audio', 480_120)], 'splice'],
    [[tone('audio', 0), tone('audio', 120)], 'sparse'],
    [[tone('voip', 0), tone('voip', 480_120)], 'sparse'],
  ];
  for (const [people, name] of cases) {
    const sources = sourcesOf(folder.path, people);
    assert.equal((await wished('auto', sources)).engine.name, name);
    assert.equal((await wished('splice', sources)).engine.name, 'splice', 'asked for by name');
  }
});

/** An engine whose mix fails after some packets. */
const failing = (error: Error): MixEngine => ({
  name: 'splice',
  mix: (job) => {
    job.sink(Uint8Array.of(0xfc, 1, 2, 3), 960);
    return Promise.reject(error);
  },
});

test('a spliced mix that cannot be used gives way to one that is encoded anew, other failures do not', async () => {
  using folder = new TempFolder();
  const sources = sourcesOf(folder.path, talk({ people: 2, seconds: 5, seed: 2 }));
  const chosen = { otherwise: new SparseEngine(), asked: true, ffmpeg: null };
  const rough = failing(new MuxError('mixer_failed', '3 of 20 seams of the spliced mix could be heard.'));
  const { engine } = await mixed(folder.path, sources, { ...chosen, engine: rough });
  assert.equal(engine, 'sparse');
  const full = failing(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  await assert.rejects(mixed(folder.path, sources, { ...chosen, engine: full }), /no space/);
});

test('somebody louder than -1 dBTP is copied as loud when splice was asked for, else encoded anew below it', async () => {
  using folder = new TempFolder();
  const loud = encodePackets(toneSamples({ frequency: 440, levelDb: -0.2 }, 96_000)).map(
    ({ packet, samples: length }, i) => ({
      ...{ position: i * length, samples: length, data: packet },
    }),
  );
  const sources = sourcesOf(folder.path, [loud]);
  const chosen = { engine: new SpliceEngine(), otherwise: new SparseEngine(), ffmpeg: null };
  const asked = await mixed(folder.path, sources, { ...chosen, asked: true });
  assert.ok(asked.engine === 'splice' && asked.loudness.truePeak > -1);
  const unasked = await mixed(folder.path, sources, { ...chosen, asked: false });
  assert.ok(unasked.engine === 'sparse' && unasked.loudness.truePeak <= -1);
});

test('a track that changes while it is mixed is noticed', async () => {
  using folder = new TempFolder();
  const sources = sourcesOf(folder.path, talk({ people: 1, seconds: 10, seed: 4 }));
  const chosen = await wished('splice', sources);
  sourcesOf(folder.path, talk({ people: 1, seconds: 10, seed: 5 }));
  const job = { sources, durationSamples: samples, jobs: 1, ceilingDb: -4, sink: () => {} };
  await assert.rejects(chosen.engine.mix(job), { code: 'mixer_failed' });
});
