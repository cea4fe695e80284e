import { feedbacks } from '../../memory/memory-rows.ts';
import type { MessageDetails, UserMessage } from '../../notify/index.ts';
import { defineCommand } from './command.ts';

export const feedback = defineCommand({
  name: 'feedback',
  says: 'how a conversation with the AI was; the buttons under its end do the same',
  personal: true,
  options: {
    rating: { kind: 'choice', says: 'positive, negative or skip', choices: feedbacks, required: true },
    conversation: { kind: 'word', says: 'which one, as the button knows', required: true, maxLength: 100 },
  },
  run: async ({ userId, guildId, args: { rating, conversation } }, { store }): Promise<UserMessage> => {
    const answer = (outcome: MessageDetails['feedback_answer']['outcome']): UserMessage => ({
      kind: 'feedback_answer',
      details: { outcome },
    });
    const thread = await store.memory.thread(conversation);
    if (thread === null || thread.guildId !== guildId) return answer('not_found');
    const turns = await store.memory.turns(conversation);
    if (!turns.some(({ speakers }) => speakers.includes(userId))) return answer('not_there');
    return answer((await store.memory.rated(conversation, rating)) ? rating : 'not_found');
  },
});
