import type { VoiceTurn } from '../recorder/turn-recorder.ts';

export const ada = '100000000000000001';
export const ben = '100000000000000002';
export const cleo = '100000000000000003';
export const guildId = '300000000000000001';

/** A turn of Ada's as it is told to a recorder, with these changes. */
export const sampleTurn = (change: Partial<VoiceTurn> = {}): VoiceTurn => ({
  ...{ threadId: 'thread', clientTurnId: 'one', channel: 'voice', userText: 'a question', assistantText: 'an answer' },
  ...{ outcome: 'completed', tools: [], speakers: [ada], runtime: { vendor: 'OpenAI' } },
  ...change,
});
