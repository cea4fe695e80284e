import type { Logger } from '../../log.ts';
import type { ContextKeeper } from '../context/context-keeper.ts';
import type { Conversation } from '../context/conversation.ts';
import { quoted } from '../context/instructions.ts';
import type { WordsSource } from '../hearing/words/words-source.ts';
import type { ProviderCapabilities } from '../provider/realtime-provider.ts';
import type { SpeechSynthesizer } from '../provider/transcriber.ts';
import { AudioInput } from '../replies/audio-input.ts';
import { BrainReplies } from '../replies/brain/brain-replies.ts';
import type { StreamedChat } from '../replies/brain/chat-stream.ts';
import { RealtimeVoice } from '../replies/brain/realtime-voice.ts';
import { RealtimeReplies } from '../replies/realtime-replies.ts';
import type { ReplyPath } from '../replies/reply-path.ts';
import { TextInput } from '../replies/text-input.ts';
import type { Speaker } from '../speaking/speaker.ts';
import type { Spending } from './agent-budget.ts';
import type { AgentWiring } from './agent-parts.ts';
import type { AgentRoom } from './agent-room.ts';
import type { ProviderLink } from './provider-link.ts';
import type { ToolHost } from './tool-host.ts';

/** The text model that answers (reply path `brain`), and what speaks for it; `speech` null: the realtime provider does. */
export interface AgentBrain {
  readonly chat: StreamedChat;
  readonly speech: { readonly model: string; readonly synthesizer: SpeechSynthesizer } | null;
}

export interface MakeRepliesOptions {
  readonly wiring: AgentWiring;
  readonly capabilities: ProviderCapabilities;
  /** Of the realtime provider. */
  readonly model: string;
  readonly link: ProviderLink;
  readonly speaker: Speaker;
  readonly room: AgentRoom;
  readonly context: ContextKeeper;
  readonly conversation: Conversation;
  readonly tools: ToolHost | null;
  readonly recognizer: WordsSource | null;
  readonly brain: AgentBrain | null;
  readonly textOnly: () => boolean;
  readonly spent: (spending: Spending) => void;
  readonly logger: Logger;
}

/** How turns become answers, by the reply path of the guild. */
export const makeReplies = (options: MakeRepliesOptions): ReplyPath => {
  const { brain, recognizer } = options;
  if (brain !== null && recognizer !== null) return brainReplies(options, brain, recognizer);
  const { capabilities, wiring, link, room, speaker, tools, context, textOnly, spent, model, logger } = options;
  const shared = { session: () => link.ready, onFed: () => replies.fed() };
  const replies: RealtimeReplies = new RealtimeReplies({
    ...{ capabilities, speaker, tools, logger, textOnly },
    session: () => link.ready,
    wake: () => link.ensure(),
    isGone: () => link.state.kind === 'failed' && link.state.fatal,
    input:
      recognizer === null
        ? new AudioInput({
            ...shared,
            capabilities,
            introduce: (userId) => (capabilities.textIn ? `${quoted(room.nameOf(userId), 100)} speaks now.` : null),
          })
        : new TextInput({
            ...shared,
            words: recognizer,
            nameOf: (userId) => room.nameOf(userId),
            onTold: ({ captureId, text }) => wiring.replies.understood(captureId, text, true),
          }),
    refresh: (session) => context.refresh(session, capabilities.updatesInstructions),
    watcher: wiring.replies,
    spent: (usage, speakers) => spent({ role: 'realtime', model, usage, speakers }),
  });
  return replies;
};

const brainReplies = (
  {
    capabilities,
    wiring,
    link,
    room,
    speaker,
    context,
    conversation,
    textOnly,
    spent,
    model,
    logger,
  }: MakeRepliesOptions,
  { chat, speech }: AgentBrain,
  words: WordsSource,
): BrainReplies => {
  const voice = speech === null ? new RealtimeVoice({ capabilities, session: () => link.ready }) : null;
  return new BrainReplies({
    ...{ chat, words, speaker, textOnly, logger, voice },
    speech: speech?.synthesizer ?? voice ?? new RealtimeVoice({ capabilities, session: () => link.ready }),
    wake: () => {
      if (voice !== null) link.ensure();
    },
    nameOf: (userId) => room.nameOf(userId),
    instructions: () => context.instructions,
    context: () => conversation.context.map(({ role, text }) => ({ role, content: text })),
    onTold: ({ captureId, text }) => wiring.replies.understood(captureId, text, true),
    watcher: wiring.replies,
    spent: (role, usage, speakers) => {
      const used = role === 'brain' ? chat.model : (speech?.model ?? model);
      // A realtime provider that only speaks is paid as what it is.
      spent({ role: role === 'speech' && speech === null ? 'realtime' : role, model: used, usage, speakers });
    },
  });
};
