/** Gateway intents the simulator tells apart (reference: "Gateway Intents"). */
export const INTENTS = {
  guilds: 1 << 0,
  guildMembers: 1 << 1,
  guildVoiceStates: 1 << 7,
  guildPresences: 1 << 8,
  guildMessages: 1 << 9,
  directMessages: 1 << 12,
  messageContent: 1 << 15,
} as const;

const PRIVILEGED = INTENTS.guildMembers | INTENTS.guildPresences | INTENTS.messageContent;

export const asksForPrivileged = (intents: number): boolean => (intents & PRIVILEGED) !== 0;
