export {
  type AgentMode,
  type AgentNeeds,
  type AgentReadiness,
  type AgentServices,
  type AgentSettings,
  type AudioProvider,
  agentModes,
  agentNeeds,
} from './agent-readiness.ts';
export {
  type Denial,
  type DenialDetails,
  type DenialReason,
  denialReasons,
  deny,
  type JoinPhase,
  joinFailed,
  joinPhases,
  type RequiredPermission,
  shortError,
} from './denial.ts';
export {
  type BotPermissions,
  isSwitch,
  type JoinContext,
  type LiveSession,
  type TargetChannel,
} from './join-context.ts';
export type { JoinRule } from './join-rule.ts';
export { evaluateJoin, type JoinRuleEntry, joinRules, joinRuleTable } from './join-rules.ts';
export { type ConsentKnowledge, type ConsentVerdict, mayBeRecorded } from './recording-consent.ts';
export {
  mayControl,
  mayExport,
  mayJoin,
  mayRecord,
  type Person,
  type SessionClaim,
} from './who-may.ts';
