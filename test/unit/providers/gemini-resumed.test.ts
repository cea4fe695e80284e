import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { resilientProvider } from '../../../packages/bot/src/agent/provider/resilient/resilient-provider.ts';
import { Background } from '../../../packages/bot/src/vox/background.ts';
import { until } from '../../providers/conformance/bench.ts';
import { Ear } from '../../providers/conformance/ear.ts';
import { someConfig } from '../../providers/conformance/rig.ts';
import { geminiRig } from '../../providers/gemini/gemini-rig.ts';
import { asMessage } from '../../providers/gemini/gemini-sim-session.ts';
import { phraseNamed } from '../../providers/shared/phrases.ts';

const never = new AbortController().signal;

/** A conversation with Gemini that outlives its connections. */
const conversation = async () => {
  const rig = await geminiRig();
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const options = { clock, logger, background: new Background(logger), random: () => 0 };
  const ear = new Ear();
  const session = resilientProvider(rig.provider({ clock }), options).open({ ...someConfig, tools: [] }, ear.hear);
  await session.connect(never);
  const say = (): void => {
    session.beginTurn();
    session.appendAudio(new Uint8Array(16_000).fill(1));
    session.endTurn();
  };
  /** Lets time pass until something is true. */
  const passUntil = async (is: () => boolean): Promise<void> => {
    while (!is()) {
      clock.advance(50);
      await settle();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    ...{ rig, clock, ear, session, say, passUntil },
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]();
      await until(() => rig.held() === 0);
      await rig[Symbol.asyncDispose]();
      assert.equal(clock.timers, 0, 'a timer is left');
    },
  };
};

const setupOf = (connection: { readonly received: readonly unknown[] } | undefined) =>
  asMessage(asMessage(connection?.received[0]).setup);

test('a connection that ends soon is closed and then resumed, and what was said in between is answered', async () => {
  await using talk = await conversation();
  const { rig, ear, say, passUntil } = talk;
  say();
  await ear.until('response_finished');
  rig.server.goAway(4);
  await passUntil(() => rig.server.connections[0]?.ended !== null);
  say();
  await ear.until('response_finished', 2);
  assert.equal(rig.opened(), 2);
  assert.deepEqual(setupOf(rig.server.connections[1]).sessionResumption, { handle: 'handle-1' });
  assert.deepEqual(rig.contextTexts(), [], 'it knows what was said');
  assert.deepEqual(
    ear.all('ready').map(({ fresh }) => fresh),
    [true, false],
  );
  const { responseId } = ear.all('response_started')[1] ?? {};
  const pcm = Buffer.concat(
    ear
      .all('audio')
      .filter((event) => event.responseId === responseId)
      .map((event) => event.pcm),
  );
  assert.ok(pcm.equals(phraseNamed('ada-1').pcm(24_000)));
  assert.deepEqual(rig.complaints(), []);
});

test('a session that cannot be resumed begins anew, and is told what was said', async () => {
  await using talk = await conversation();
  const { rig, clock, ear, session, say } = talk;
  session.addText({ role: 'user', text: 'My name is Ada.' });
  say();
  await ear.until('response_finished');
  rig.server.forgetSessions();
  const before = rig.contextTexts().length;
  rig.dropAll();
  await ear.until('warning');
  clock.advance(250);
  await ear.until('ready', 2);
  assert.deepEqual(
    ear.all('ready').map(({ fresh }) => fresh),
    [true, true],
  );
  assert.deepEqual(ear.warnings, ['reconnecting', 'resume_failed']);
  const told = () => rig.contextTexts().slice(before);
  await until(() => told().length > 0);
  assert.equal(told()[0], 'My name is Ada.');
  assert.ok(told().includes(phraseNamed('ada-1').text));
  say();
  await ear.until('response_finished', 2);
});
