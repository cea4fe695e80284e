import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readZip } from '@parley/mux/testing';
import type { SimMessage, SimPerson } from '@parley/sim';
import { decode, toneDb } from '../lib/audio.ts';
import { BotOnSim } from '../lib/bot-on-sim.ts';
import { need } from '../lib/need.ts';
import { filesBelow, parleyMux } from '../lib/recording-files.ts';
import { chirp } from '../lib/sounds.ts';
import { patienceMs, told } from '../lib/watching.ts';
import { forAWhile } from './voxproc-rig.ts';

const rate = 48_000;
const [adasHz, bensHz] = [440, 1000];

/** Resolves when a person has said so many packets since they began. */
const hasSaid = async (call: BotOnSim, { truth, username }: SimPerson, packets: number): Promise<void> => {
  const what = `${username} to say ${packets} packets`;
  await call.sim.until(() => truth.length >= packets, { timeoutMs: patienceMs, what });
};

/** A file of a message, in the folder of the call. */
const fileOf = async (call: BotOnSim, { id, attachments }: SimMessage, ending: RegExp): Promise<string> => {
  const [attachment] = attachments;
  assert.match(attachment?.filename ?? '', ending);
  const file = join(call.folder, `${id}-${attachment?.filename}`);
  await writeFile(file, attachment?.bytes ?? '');
  return file;
};

/** The level of a tone in the middle of a file, dBFS. */
const heard = (signal: Int16Array, hz: number): number => {
  const quarter = Math.floor(signal.length / 4);
  return toneDb(signal.slice(quarter, 3 * quarter), rate, hz);
};

test(
  'from a running call come clips of those who consent and an export of everybody; nothing of them is left behind',
  need('ffmpeg'),
  async (t) => {
    await using call = await BotOnSim.start();
    const [ada, ben] = [call.guild.addPerson({ username: 'ada' }), call.guild.addPerson({ username: 'ben' })];
    const stranger = call.guild.addPerson({ username: 'stranger' });
    for (const person of [ada, ben]) await person.join(call.voice);
    const [adasTone, bensTone] = [chirp(forAWhile, adasHz, adasHz), chirp(forAWhile, bensHz, bensHz)];
    const folder = await call.join(ada);
    const speeches = Promise.all([ada.speak(adasTone), ben.speak(bensTone)]);
    await Promise.all([ada, ben].map((person) => hasSaid(call, person, 150)));

    await stranger.type(call.text, '!clip 2');
    await told(call, /somebody in the channel, or a person with \*\*Manage Server/);
    const asked = performance.now();
    await ben.type(call.text, '!clip 2');
    const first = await told(call, new RegExp(`^<@${ben.userId}> asked for this clip: 2 s, `));
    t.diagnostic(`a clip of 2 s after ${Math.round(performance.now() - asked)} ms`);
    for (const person of [ada, ben]) assert.ok(first.content.includes(`<@${person.userId}>`), first.content);
    const both = await decode(await fileOf(call, first, /-clip\.ogg$/), rate);
    assert.ok(Math.abs(both.length - 2 * rate) <= 0.02 * rate, `${both.length} samples`);
    for (const hz of [adasHz, bensHz]) assert.ok(heard(both, hz) > -25, `${hz} Hz at ${heard(both, hz)} dB`);

    await (await ben.slash('parley optout')).settled();
    const from = call.text.messages.length;
    await ada.type(call.text, '!clip 3');
    const second = await told(call, /asked for this clip/, { from });
    assert.ok(!second.content.includes(ben.userId), second.content);
    const adasOwn = await decode(await fileOf(call, second, /-clip\.ogg$/), rate);
    assert.ok(heard(adasOwn, adasHz) > -25, `${heard(adasOwn, adasHz)} dB`);
    assert.ok(heard(adasOwn, bensHz) < -60, `ben at ${heard(adasOwn, bensHz)} dB`);

    await ben.type(call.text, '!export opus from=0:02 to=0:03.5');
    const exported = await told(call, /here is a track per person \(opus\)/);
    const entries = readZip(await fileOf(call, exported, /-opus\.zip$/));
    assert.deepEqual(
      entries.map(({ name }) => name.slice(3)).toSorted(),
      ['ada.ogg', 'ben.ogg'],
      'what was recorded before the opt-out is still in the recording',
    );
    for (const { name, bytes } of entries) {
      const file = join(call.folder, name.replaceAll(' ', '-'));
      await writeFile(file, bytes);
      const signal = await decode(file, rate);
      assert.equal(signal.length, 1.5 * rate, name);
      const own = name.endsWith('ada.ogg') ? adasHz : bensHz;
      assert.ok(heard(signal, own) > -25, `${name}: ${heard(signal, own)} dB`);
    }

    for (const person of [ada, ben]) person.stopSpeaking();
    await speeches;
    const muxed = call.muxed();
    await ada.type(call.text, '!leave');
    await muxed;
    const verified = await parleyMux(folder, '--verify');
    assert.equal(verified.exitCode, 0, verified.stdout);
    assert.deepEqual(await filesBelow(join(call.dataDir, 'exports')), []);
    const ends = call.lines
      .filter(({ msg }) => msg === 'export ended')
      .map(({ kind, outcome }) => `${kind} ${outcome}`);
    assert.deepEqual(ends, ['clip attach', 'clip attach', 'export attach']);
  },
);
