import type { UserMessage } from '../../notify/index.ts';
import type { MessageDetails } from '../../notify/user-message.ts';
import { answerQuestion, maxPassages, tellingWords } from '../../transcripts/ask/answer-question.ts';
import { answerable } from '../../transcripts/ask/answerable.ts';
import { defineCommand } from './command.ts';
import { scopeOf, spokenPlace } from './transcript-scope.ts';

export const ask = defineCommand({
  name: 'ask',
  says: 'a question about recordings you may see',
  options: { question: { kind: 'text', says: 'what you want to know', required: true, maxLength: 500 } },
  personal: true,
  run: async (call, services): Promise<UserMessage> => {
    const { store, discord, brain, settings, logger } = services;
    const { prefix } = settings;
    const refuse = (reason: MessageDetails['ask_refused']['reason']): UserMessage => ({
      kind: 'ask_refused',
      details: { reason, prefix },
    });
    if (brain === null) return refuse('no_model');
    const question = call.args.question ?? '';
    const found = await store.transcripts.search({
      ...{ q: tellingWords(question), match: 'any', ...scopeOf(call, services), recordingSessionId: null },
      ...{ offset: 0, limit: maxPassages },
    });
    const hits = await answerable({ store, discord }, settings.recordingsDir, call.guildId, found);
    if (hits.length === 0) return refuse('nothing_found');
    try {
      const { text, citations } = await answerQuestion(brain, question, hits);
      const places = citations.map(({ n, hit }) => ({ n, ...spokenPlace(hit, settings) }));
      return { kind: 'ask_answer', details: { text, citations: places } };
    } catch (error) {
      logger.warn({ err: error, guildId: call.guildId }, 'a question could not be answered');
      return refuse('failed');
    }
  },
});
