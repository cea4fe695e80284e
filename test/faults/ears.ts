import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { recordingLayout, SAMPLE_RATE } from '@parley/mux';
import { decode, locate } from '../lib/audio.ts';
import { misalignmentMs, originUsOf, type Place, placesOf } from './kept.ts';
import type { Talk } from './talk.ts';
import { voiceRate } from './voices.ts';

/** People who spoke together are together, within this; milliseconds. */
const togetherMs = 20;
/** How far around its place half a second of speech is looked for, samples. */
const within = (voiceRate * 50) / 1000;
/** Below these the ear does not hear what was said: alone on a track, and among the others in the mix. */
const alike = { onTrack: 0.9, inMix: 0.3 } as const;

/**
 * Holds that what everybody said stands together: packet by packet on the tracks, and by ear for the last half second of each, on the
 * track and in the mix.
 */
export const assertTogether = async (t: TestContext, folder: string, talk: Talk): Promise<void> => {
  const originUs = await originUsOf(folder);
  const places = await Promise.all(talk.people.map((person) => placesOf(folder, person, originUs)));
  const apartMs = misalignmentMs(places);
  const heardMs: number[] = [];
  for (const [index, { userId }] of talk.people.entries()) {
    heardMs.push(...(await heardOffMs(folder, talk, userId, places[index] ?? [])));
  }
  const heardApartMs = Math.max(...heardMs) - Math.min(...heardMs);
  t.diagnostic(
    `${talk.people.length} people apart by ${apartMs.toFixed(2)} ms at most by packets, ${heardApartMs.toFixed(2)} ms by ear`,
  );
  assert.ok(apartMs <= togetherMs, `${apartMs} ms apart on the tracks`);
  assert.ok(heardApartMs <= togetherMs, `${heardApartMs} ms apart by ear`);
};

/**
 * Listens whether what a person said last stands on the track and in the mix where its packets stand. Returns where it was heard, in
 * milliseconds after that: the delay of the codec (6.5 ms).
 */
const heardOffMs = async (folder: string, talk: Talk, userId: string, places: readonly Place[]): Promise<number[]> => {
  const last = places.findLast(({ packet }) => talk.samplesAt(packet) !== null && hasHalfSecond(places, packet));
  const clip = last && talk.samplesAt(last.packet);
  assert.ok(clip, `half a second of ${userId} in one piece`);
  const at = Math.round((last.at * voiceRate) / SAMPLE_RATE);
  const onTrack = locate(clip, await decode(recordingLayout(folder).track(userId), voiceRate), at, within);
  const inMix = locate(clip, await decode(recordingLayout(folder).mix, voiceRate), at, within);
  assert.ok(onTrack.correlation >= alike.onTrack, `${userId} on the track: ${onTrack.correlation}`);
  assert.ok(inMix.correlation >= alike.inMix, `${userId} in the mix: ${inMix.correlation}`);
  return [onTrack, inMix].map((heard) => ((heard.at - at) * 1000) / voiceRate);
};

/** Whether the packets of half a second from this one on are all there. */
const hasHalfSecond = (places: readonly Place[], packet: Place['packet']): boolean => {
  const index = places.findIndex((place) => place.packet === packet);
  const later = places[index + 25];
  return later !== undefined && ((later.packet.sequence - packet.sequence) & 0xffff) === 25;
};
