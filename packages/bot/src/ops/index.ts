export { askDiscord, type DiscordFacts, type ServerFacts } from './ask-discord.ts';
export { checkPort } from './check-port.ts';
export { diagnoseDiscord, diagnoseServers } from './diagnose-discord.ts';
export { freeBytes } from './disk.ts';
export { type DoctorFacts, diagnose } from './doctor.ts';
export { type DoctorCode, errorsFirst, type Finding } from './finding.ts';
export { gatherDoctorFacts } from './gather-facts.ts';
export { localFfmpeg } from './local-ffmpeg.ts';
