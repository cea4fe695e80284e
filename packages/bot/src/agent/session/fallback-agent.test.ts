import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import type { AgentMode } from '../../policy/agent-readiness.ts';
import type { AgentClient } from '../../session/join/agent-connector.ts';
import { Background } from '../../vox/background.ts';
import { FallbackAgent } from './fallback-agent.ts';

const modes = ['openai_realtime', 'gemini_realtime', 'voice_agent'] as const satisfies readonly AgentMode[];

/** Agents that say what is asked of them; `broken` ones do not connect, `missing` ones cannot be made. */
const rig = ({ broken = [], missing = [] }: { broken?: readonly AgentMode[]; missing?: readonly AgentMode[] } = {}) => {
  const told: string[] = [];
  const lost = new Map<AgentMode, () => void>();
  const logger = pino({ level: 'silent' });
  const background = new Background(logger);
  const open = (mode: AgentMode, onLost: () => void): AgentClient => {
    if (missing.includes(mode)) throw new Error(`${mode} is not here`);
    told.push(`opens ${mode}`);
    lost.set(mode, onLost);
    const say = (what: string) => told.push(`${mode} ${what}`);
    return {
      connect: async (signal) => {
        signal.throwIfAborted();
        if (broken.includes(mode)) throw new Error(`${mode} does not answer`);
        say('connects');
      },
      live: () => say('lives'),
      peopleChanged: () => say('people'),
      consentDecided: () => say('consent'),
      settingsChanged: () => say('settings'),
      state: { phase: 'awake', resting: null, speaking: false, silent: false, vendor: mode, usd: 0 },
      wake: () => true,
      sendToRest: () => say('rests'),
      say: () => true,
      music: (on) => say(`music ${on}`),
      muted: (on) => say(`muted ${on}`),
      quiet: async () => void say('quiet'),
      greet: async () => void say('greets'),
      [Symbol.asyncDispose]: async () => void say('closes'),
    };
  };
  const agent = new FallbackAgent({
    ...{ modes, open, background, logger },
    onTakenOver: (vendor) => told.push(`taken over by ${vendor}`),
  });
  const lose = async (mode: AgentMode) => {
    lost.get(mode)?.();
    await background.settled();
  };
  return { agent, lose, news: () => told.splice(0) };
};
const never = new AbortController().signal;

test('the first that connects is the agent, and is asked for everything', async () => {
  const { agent, news } = rig();
  await agent.connect(never);
  agent.live();
  agent.peopleChanged();
  agent.settingsChanged();
  await agent.greet();
  await agent[Symbol.asyncDispose]();
  assert.deepEqual(news(), [
    'opens openai_realtime',
    ...['connects', 'lives', 'people', 'settings', 'greets', 'closes'].map((what) => `openai_realtime ${what}`),
  ]);
});

test('at the join, one that does not answer makes room for the next', async () => {
  const { agent, news } = rig({ broken: ['openai_realtime'], missing: ['gemini_realtime'] });
  await agent.connect(never);
  assert.deepEqual(news(), [
    ...['opens openai_realtime', 'opens voice_agent', 'openai_realtime closes', 'voice_agent connects'],
  ]);
});

test('at the join, when none answers, what the first said counts', async () => {
  const { agent } = rig({ broken: modes });
  await assert.rejects(agent.connect(never), /openai_realtime does not answer/);
});

test('a provider that is gone for good is replaced by the next that answers, which lives on with the music, muted as it was', async () => {
  const { agent, lose, news } = rig({ broken: ['gemini_realtime'] });
  await agent.connect(never);
  agent.live();
  agent.music(true);
  agent.muted(true);
  news();
  await lose('openai_realtime');
  assert.deepEqual(news(), [
    'opens gemini_realtime',
    'gemini_realtime closes',
    'opens voice_agent',
    ...['connects', 'lives', 'music true', 'muted true'].map((what) => `voice_agent ${what}`),
    'openai_realtime closes',
    'taken over by voice_agent',
  ]);
  assert.equal(agent.state.vendor, 'voice_agent');
  await lose('openai_realtime');
  assert.deepEqual(news(), [], 'what was replaced says nothing new');
});

test('when none is left, the one that is silent stays', async () => {
  const { agent, lose, news } = rig({ broken: ['gemini_realtime', 'voice_agent'] });
  await agent.connect(never);
  agent.live();
  news();
  await lose('openai_realtime');
  assert.equal(agent.state.vendor, 'openai_realtime');
  assert.ok(!news().includes('openai_realtime closes'));
});

test('what ends while another is being connected opens nothing more', async () => {
  const { agent, lose, news } = rig();
  await agent.connect(never);
  agent.live();
  await agent.quiet();
  news();
  await lose('openai_realtime');
  assert.deepEqual(news(), []);
});
