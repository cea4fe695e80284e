export { type Button, type ButtonRow, lineOfCustomId } from './buttons.ts';
export { type ComposedMessage, compose, maxContentLength, textOf } from './compose.ts';
export { ChatRephraser, type Rephraser, templatesOnly } from './rephrase/rephraser.ts';
export { type SessionEndReason, sessionEndReasons } from './session-end-reason.ts';
export { consentTextVersion } from './templates/consent.ts';
export type { MessageDetails, MessageKind, UserMessage } from './user-message.ts';
export { defaultRateLimit, type RateDecision, type RateLimit, UserRateLimiter } from './user-rate-limiter.ts';
export { classify, type Duty, shouldSend, type Tier } from './verbosity.ts';
export { slashName, topLevelCommands } from './words.ts';
