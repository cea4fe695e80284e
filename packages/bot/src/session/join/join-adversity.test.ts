import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  alice,
  bob,
  guildA,
  guildB,
  nothingLeft,
  type RigOptions,
  readyAgent,
  ScriptedAgents,
  SessionRig,
  textA,
  voiceA,
  voiceA2,
  voiceB,
} from '../../testing/index.ts';
import { AgentConnectError } from './agent-connector.ts';

const start = async (options: RigOptions = {}): Promise<SessionRig> => {
  const rig = await SessionRig.start(options);
  rig.discord.put(alice, voiceA);
  return rig;
};

/** How voxproc answers a join that went well. */
const connected = (channelId: string) => ({
  channelId,
  encryptionMode: 'aead_aes256_gcm_rtpsize',
  daveVersion: 1,
  timings: { serverMs: 1, readyMs: 2 },
});

/** What a refused join said, as plain data. */
const refusal = (outcome: Awaited<ReturnType<SessionRig['join']>>): Record<string, unknown> =>
  outcome.kind === 'refused' ? { reason: outcome.denial.reason, ...outcome.denial.details } : { joined: outcome.kind };

const request = (userId = alice, guildId = guildA) =>
  ({ guildId, textChannelId: textA, userId, via: 'text', intentConfidence: 1 }) as const;

test('an agent connects while the child boots, greets once the session lives, and is closed after it has left', async () => {
  const agents = new ScriptedAgents();
  const { events } = agents;
  const leaving = () => {
    events.push('left');
    return { summary: null };
  };
  await using rig = await start({ agents, scripts: [{ on: { 'session.leave': leaving } }] });
  assert.equal((await rig.join()).kind, 'joined');
  await rig.until('the greeting', () => events.includes('greeted'));
  const session = rig.registry.of(guildA) ?? assert.fail();
  await rig.drive(rig.coordinator.leave(guildA, alice, 'text'));
  await rig.drive(session.ended, 10);
  assert.deepEqual(events, ['opened', 'connected', 'live', 'greeted', 'quiet', 'left', 'closed']);
  assert.deepEqual(await rig.leftovers(), { ...nothingLeft, recordings: 1 });
});

test('a provider that cannot be connected is closed, and its diagnostics are in the log and in the store', async () => {
  const diagnostics = { host: 'localhost', status: 401 };
  const agents = new ScriptedAgents({
    connect: () => Promise.reject(new AgentConnectError('the key was refused', diagnostics)),
  });
  await using rig = await start({ agents });
  assert.deepEqual(refusal(await rig.join()), { reason: 'join_failed', error: 'the key was refused', phase: 'agent' });
  assert.deepEqual(agents.events, ['opened', 'closed']);
  assert.deepEqual(await rig.leftovers(), nothingLeft);
  const failures = rig.log.filter(({ msg }) => msg === 'voice_join_failed');
  assert.deepEqual(
    failures.map(({ phase, diagnostics: told }) => ({ phase, told })),
    [{ phase: 'agent', told: diagnostics }],
  );
});

test('the requester hears at once that the provider failed, though the child boots late; the late child is closed', async () => {
  const late = Promise.withResolvers<void>();
  const agents = new ScriptedAgents({ connect: () => Promise.reject(new AgentConnectError('no such model', {})) });
  await using rig = await start({ agents, scripts: [{ hello: late.promise }] });
  const before = rig.clock.now();
  assert.deepEqual(refusal(await rig.join()), { reason: 'join_failed', error: 'no such model', phase: 'agent' });
  assert.equal(rig.clock.now(), before);
  assert.equal(rig.coordinator.slots.inUse, 0);
  assert.equal(rig.pool.alive, 1);
  late.resolve();
  await rig.until('the late child is closed', () => rig.pool.alive === 0, 10);
  assert.deepEqual(await rig.leftovers(), nothingLeft);
});

test('a child that never boots gives up the connecting agent, and what fails while it closes hides nothing', async () => {
  const agents = new ScriptedAgents({
    connect: (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
    close: () => Promise.reject(new Error('it was not open')),
  });
  await using rig = await start({ agents, scripts: [{ hello: false }] });
  const outcome = await rig.drive(rig.coordinator.join(request()), 200);
  assert.equal(refusal(outcome).phase, 'boot');
  assert.deepEqual(agents.events, ['opened', 'closed']);
  assert.deepEqual(await rig.leftovers(), nothingLeft);
  assert.equal(rig.log.filter(({ msg }) => msg === 'the agent did not close in order').length, 1);
});

test('a child that dies before anybody waits for it is a refusal, and no rejection without a handler', async () => {
  const consents = Promise.withResolvers<void>();
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  using undo = new DisposableStack();
  undo.defer(() => process.off('unhandledRejection', note));
  await using rig = await start({
    agents: new ScriptedAgents(),
    scripts: [{ hello: false }],
    store: (store) => {
      const read = store.consents.optedOut.bind(store.consents);
      const optedOut: typeof read = (...of) => consents.promise.then(() => read(...of));
      return { ...store, consents: Object.assign(Object.create(store.consents), { optedOut }) };
    },
  });
  const joining = rig.coordinator.join(request());
  await rig.until('the child boots', () => rig.voxprocs.length > 0);
  for (const child of rig.voxprocs) child.exit(1);
  await rig.until('the pool knows', () => rig.pool.alive === 0, 10);
  await setImmediate();
  consents.resolve();
  assert.equal(refusal(await rig.drive(joining, 200)).phase, 'boot');
  assert.deepEqual(unhandled, []);
  assert.deepEqual(await rig.leftovers(), nothingLeft);
});

test('a start is kept before the agent says a word, and though the child dies the moment the session lives', async () => {
  const kept: string[] = [];
  const greet = async () => {
    kept.push('greeted');
    rig.voxprocs[0]?.exit(1);
  };
  const rig = await start({
    agents: new ScriptedAgents({ greet }),
    store: (store) => ({
      ...store,
      actions: {
        ...store.actions,
        record: (action) => {
          kept.push(action.kind);
          store.actions.record(action);
        },
      },
    }),
  });
  await using _ = rig;
  assert.equal((await rig.join()).kind, 'joined');
  await rig.until('the greeting', () => kept.includes('greeted'));
  assert.deepEqual(kept.slice(0, 3), ['voice_join_request', 'voice_session_start', 'greeted']);
});

test('a greeting that fails costs nothing but the greeting', async () => {
  const agents = new ScriptedAgents({ greet: () => Promise.reject(new Error('the model is overloaded')) });
  await using rig = await start({ agents });
  assert.equal((await rig.join()).kind, 'joined');
  await rig.drive(rig.background.settled());
  assert.equal(rig.registry.of(guildA)?.isLive, true);
  assert.equal(rig.log.filter(({ msg, task }) => msg === 'a background task failed' && task === 'greeting').length, 1);
});

test('an agent whose key is missing is refused by its rule before anything is begun', async () => {
  const keys = { ...readyAgent.services.keys, openai: false };
  const agents = new ScriptedAgents({
    readiness: async () => ({ ...readyAgent, services: { ...readyAgent.services, keys } }),
  });
  await using rig = await start({ agents });
  assert.deepEqual(refusal(await rig.join()), { reason: 'openai_api_key_missing', mode: 'openai_realtime' });
  assert.deepEqual(agents.events, []);
  assert.equal(rig.voxprocs.length, 0);
});

test('a readiness that cannot be told is a refusal the requester hears', async () => {
  const agents = new ScriptedAgents({ readiness: () => Promise.reject(new Error('the secret file is gone')) });
  await using rig = await start({ agents });
  assert.deepEqual(refusal(await rig.join()), {
    reason: 'join_failed',
    error: 'the secret file is gone',
    phase: 'rules',
  });
});

test('a switch that every rule passes keeps its agent, and one that is refused keeps it too', async () => {
  const agents = new ScriptedAgents();
  await using rig = await start({ agents });
  await rig.join();
  rig.discord.put(alice, voiceA2);
  assert.equal((await rig.join()).kind, 'switched');
  rig.discord.permissions = { ...rig.discord.permissions, connect: false };
  rig.discord.put(alice, voiceA);
  assert.equal(refusal(await rig.join()).reason, 'missing_voice_permissions');
  assert.equal(rig.registry.of(guildA)?.channelId, voiceA2);
  assert.ok(!agents.events.includes('closed'));
});

test('a channel that is deleted while Parley connects fails the join and leaves nothing behind', async () => {
  const rig = await start({
    scripts: [
      {
        on: {
          'session.join': () => {
            rig.discord.channels.delete(voiceA);
            return connected(voiceA);
          },
        },
      },
    ],
  });
  await using _ = rig;
  assert.deepEqual(refusal(await rig.join()), {
    reason: 'join_failed',
    error: 'the voice channel is gone',
    phase: 'recheck',
  });
  assert.deepEqual(await rig.leftovers(), nothingLeft);
});

test('a throw when the session is about to live unwinds all of it, and the next join is a first one', async () => {
  let broken = true;
  await using rig = await start({
    scripts: [
      {
        on: {
          'recording.start': () => {
            if (broken) {
              rig.clock.setTimeout = () => {
                rig.clock.setTimeout = setTimeout;
                throw new TypeError('a defect');
              };
            }
            return { sample: 0 };
          },
        },
      },
    ],
  });
  const setTimeout = rig.clock.setTimeout.bind(rig.clock);
  const first = refusal(await rig.join());
  broken = false;
  assert.deepEqual(first, { reason: 'join_failed', error: 'a defect', phase: 'commit' });
  assert.deepEqual(await rig.leftovers(), nothingLeft);
  assert.equal((await rig.join()).kind, 'joined');
});

test('a switch keeps its place: another guild cannot take it in between', async () => {
  await using rig = await start({ settings: { maxConcurrentSessions: 1 } });
  await rig.join();
  rig.discord.put(bob, voiceB);
  rig.discord.put(alice, voiceA2);
  const [switched, other] = await Promise.all([rig.join(), rig.join(bob, guildB)]);
  assert.equal(switched.kind, 'switched');
  assert.deepEqual(refusal(other), {
    reason: 'max_concurrent_sessions_reached',
    activeOrPendingSessions: 1,
    maxConcurrentSessions: 1,
  });
  assert.equal(rig.coordinator.slots.inUse, 1);
});

test('a day without sessions left refuses a first join, and 0 is no limit', async () => {
  for (const [maxSessionsPerDay, expected] of [
    [1, 'refused'],
    [0, 'joined'],
  ] as const) {
    await using rig = await start({
      settings: { maxSessionsPerDay },
      store: (store) => ({ ...store, actions: { ...store.actions, countSince: async () => 500 } }),
    });
    assert.equal((await rig.join()).kind, expected);
  }
});

test('of the day count the starts of this guild alone: no other guild’s, no switch, no failed join', async () => {
  let fails = true;
  const join = ({ target }: { target: { channelId: string } }) => {
    if (fails) throw new Error('boom');
    return connected(target.channelId);
  };
  await using rig = await start({ settings: { maxSessionsPerDay: 1 }, scripts: [{ on: { 'session.join': join } }] });
  rig.discord.put(bob, voiceB);
  assert.equal(refusal(await rig.join()).reason, 'join_failed');
  fails = false;
  assert.equal((await rig.join(bob, guildB)).kind, 'joined');
  assert.equal((await rig.join()).kind, 'joined', 'neither the failure nor the other guild counted');
  rig.discord.put(alice, voiceA2);
  assert.equal((await rig.join()).kind, 'switched', 'a switch uses up none of the day’s');
  const session = rig.registry.of(guildA) ?? assert.fail();
  await rig.drive(rig.coordinator.leave(guildA, alice, 'text'));
  await rig.drive(session.ended, 10);
  assert.deepEqual(refusal(await rig.join()), {
    reason: 'max_sessions_per_day_reached',
    startedLastDay: 1,
    maxSessionsPerDay: 1,
  });
});

test('every refusal is counted by its reason, logged, and kept; a start keeps what limits it', async () => {
  const kept: { kind: string; fields: unknown }[] = [];
  await using rig = await start({
    settings: { voiceEnabled: false },
    store: (store) => ({
      ...store,
      actions: {
        ...store.actions,
        record: (action) => {
          kept.push(action);
          store.actions.record(action);
        },
      },
    }),
  });
  await rig.join();
  const metrics = await rig.services.metrics.registry.metrics();
  assert.match(metrics, /joins[^\n]*outcome="refused"[^\n]*reason="voice_disabled"[^\n]* 1\n/);
  assert.equal(rig.log.filter(({ msg, reason }) => msg === 'join refused' && reason === 'voice_disabled').length, 1);
  Object.assign(rig.services.settings, { voiceEnabled: true });
  assert.equal((await rig.join()).kind, 'joined');
  assert.deepEqual(
    kept.filter(({ kind }) => kind !== 'voice_join_request').map(({ kind, fields }) => ({ kind, fields })),
    [
      { kind: 'voice_join_refused', fields: { reason: 'voice_disabled', details: { voiceEnabled: false } } },
      {
        kind: 'voice_session_start',
        fields: {
          mode: 'record_only',
          requestedByUserId: alice,
          voiceChannelId: voiceA,
          maxSessionMinutes: 720,
          inactivityLeaveSeconds: null,
          intentConfidence: 1,
        },
      },
    ],
  );
});
