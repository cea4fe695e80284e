export { type App, type AppOptions, startApp } from './app.ts';
export {
  generateSettingsDoc,
  loadSettings,
  maskedSettings,
  parseSettings,
  type Settings,
  SettingsError,
} from './config/index.ts';
export { LoginError } from './discord/client.ts';
export { generateJoinPolicyDoc } from './policy/join-policy-doc.ts';
export { runBot } from './run-bot.ts';
export { StartError } from './start-checks.ts';
