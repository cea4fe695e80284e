import assert from 'node:assert/strict';
import type { SimChannel, SimPerson } from '@parley/sim';
import type { BotOnSim } from '../lib/bot-on-sim.ts';
import { readSession } from '../lib/bot-on-sim.ts';
import { children, eventually, gone, patienceMs, recordings, told } from '../lib/watching.ts';
import { faultTest, sound } from './fault-test.ts';
import { apartFromKeys, assertKept } from './kept.ts';
import { gather, Talk } from './talk.ts';

/** Calls the bot, lets people talk for a second, does `fault` in mid-speech, and resolves when the recording is mixed. */
const recordedUntil = async (
  call: BotOnSim,
  people: readonly [SimPerson, ...SimPerson[]],
  fault: () => void,
  summon: () => Promise<unknown> = () => people[0].type(call.text, '!join'),
) => {
  const from = call.lines.length;
  const said = call.text.messages.length;
  const recording = call.nextRecording();
  await summon();
  const folder = await recording;
  await call.logged('session started', { from });
  const talk = new Talk(call, people);
  await talk.goOnHeard(1000);
  fault();
  return { folder, from, said, talk };
};

/** Holds that the session ended with these words and a whole recording, and that nothing is left of it. */
const assertOver = async (
  call: BotOnSim,
  t: Parameters<typeof sound>[0],
  words: RegExp,
  { folder, from, said, talk }: Awaited<ReturnType<typeof recordedUntil>>,
  allowed: readonly string[] = [],
): Promise<void> => {
  const message = await told(call, words, { from: said });
  t.diagnostic(`“${message.content}”`);
  await talk.stop();
  await call.logged('mux finished', { from });
  await gone(call);
  const session = await sound(t, folder);
  assert.deepEqual(
    apartFromKeys(session.holes).filter(({ reason }) => !allowed.includes(reason)),
    [],
  );
  await assertKept(t, folder, talk.people, session, onItsWayMs);
  await eventually(() => assert.deepEqual(children(call), [], 'no child without a session'));
};

/** What the bot had been sent and not yet read when the session ended may be missing, milliseconds. */
const onItsWayMs = 20 + 250;
/** From the move to the end of the recording nothing is captured. */
const whileMoving = ['moved', 'reconnecting'];

let elsewhere: SimChannel | null = null;

faultTest(
  'a kick, a move and a deleted channel end the recording in order, each in its own words; an allowed move goes on in a new one',
  {
    env: (call) => {
      elsewhere = call.guild.addVoiceChannel('Staff');
      return {
        PARLEY_WARM_VOXPROC: 'false',
        PARLEY_BLOCKED_CHANNEL_IDS: elsewhere.id,
        PARLEY_MAX_SESSIONS_PER_DAY: '0',
      };
    },
  },
  async (call, t) => {
    const { sim, guild } = call;
    const people = await gather(call, 'ada', 'ben');
    const stage = guild.addStageChannel('Stage');
    const bot = sim.botUserId;

    const kicked = /I was disconnected from .* by a moderator/;
    await t.test('kicked', async (t) => {
      await assertOver(call, t, kicked, await recordedUntil(call, people, () => sim.faults.kick(bot)));
    });

    await t.test(
      'continued with the button, while somebody streams, and kicked with the voice socket closing first',
      async (t) => {
        const offer = await told(call, /Continue last session\?/);
        people[0].setStream(true);
        const recorded = await recordedUntil(
          call,
          people,
          () => sim.faults.kick(bot, { closeFirst: true }),
          () => people[0].click(offer, 'Continue'),
        );
        // Between the socket's end and the word of the main gateway nothing is captured, however short that is.
        await assertOver(call, t, kicked, recorded, ['reconnecting']);
        const [first, second] = await recordings(call);
        assert.equal(second, recorded.folder);
        assert.equal(
          (await readSession(recorded.folder)).continues,
          (await readSession(first ?? '')).recordingSessionId,
        );
        assert.doesNotMatch(offer.content, /Continue last session/, 'the offer was taken back');
        const [seeded] = await call.logged('stream_discovery_pre_existing_stream_seeded', { from: recorded.from });
        assert.deepEqual([seeded?.userId, seeded?.source], [people[0].userId, 'registry']);
        people[0].setStream(false);
      },
    );

    await t.test('moved to a channel it may not record in', async (t) => {
      const staff = elsewhere ?? assert.fail();
      const recorded = await recordedUntil(call, people, () => sim.faults.moveMember(bot, staff));
      await assertOver(call, t, /I was moved out of .* to a channel I may not record in/, recorded, whileMoving);
    });

    await t.test(
      'moved to a stage it may record: it sits in the audience and records who speaks, without encryption',
      async (t) => {
        const from = call.lines.length;
        const said = call.text.messages.length;
        const { folder, talk } = await recordedUntil(call, people, () => sim.faults.moveMember(bot, stage));
        const [, second] = await call.logged('recording started', { from, count: 2 });
        await told(call, /I was moved to .*; a new recording begins here/, { from: said });
        await talk.stop();
        for (const person of people) await person.move(stage);
        for (const person of people) person.setSuppressed(false);
        await sim.until(() => sim.inCall(stage), { timeoutMs: patienceMs, what: 'the bot on the stage' });
        assert.equal(guild.voiceStates.get(bot)?.suppress, true, 'in the audience');
        const there = new Talk(call, people);
        await there.goOnHeard(1000);
        await there.stop();
        await people[0].type(call.text, '!leave');
        await call.logged('mux finished', { from, count: 2 });
        await gone(call);
        const recorded = [await sound(t, folder), await sound(t, String(second?.folder))] as const;
        await assertKept(t, folder, people, recorded[0], onItsWayMs);
        await assertKept(t, String(second?.folder), people, recorded[1], onItsWayMs);
        assert.equal(recorded[0].sessionId, recorded[1].sessionId);
        assert.deepEqual(
          recorded.map(({ channelId }) => channelId),
          [call.voice.id, stage.id],
        );
        for (const person of people) await person.move(call.voice);
      },
    );

    await t.test('the channel is deleted', async (t) => {
      const recorded = await recordedUntil(call, people, () => sim.faults.deleteChannel(call.voice));
      await assertOver(call, t, /The voice channel was deleted/, recorded);
    });
  },
);
