export {
  alice,
  bob,
  botId,
  FakeDiscord,
  guildA,
  guildB,
  musicBot,
  personNamed,
  textA,
  voiceA,
  voiceA2,
  voiceB,
} from './fake-discord.ts';
export { FakeVoxproc, type FakeVoxprocScript, someStats } from './fake-voxproc.ts';
export { type AgentScript, readyAgent, ScriptedAgents } from './scripted-agents.ts';
export { composedButtons, endsTold, journalOf, startSession } from './session-life.ts';
export { nothingLeft, type RigOptions, SessionRig } from './session-rig.ts';
