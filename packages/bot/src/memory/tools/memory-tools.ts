import type { Clock } from '@parley/protocol';
import { z } from 'zod';
import { defineTool, type Tool, ToolError } from '../../agent/tools/tool.ts';
import type { Store } from '../../store/store.ts';
import { type Audience, audibleEpisodes, audibleMemories } from '../context/audience.ts';
import { recalled } from '../context/recall.ts';
import { memoryKinds, memoryScopes } from '../memory-rows.ts';
import type { MemoryMode } from '../mode.ts';

/** Changes of the memory a session may make within a minute. */
export const maxWritesPerMinute = 5;
/** Things that are kept of one person; the model is told when there are so many. */
export const maxMemoriesPerPerson = 200;

export interface MemoryToolsOptions {
  readonly store: Pick<Store, 'memory'>;
  readonly clock: Clock;
  readonly guildId: string;
  /** As it is now. */
  readonly mode: () => MemoryMode;
  readonly audience: () => Audience;
  readonly threadId: () => string | null;
  readonly turnCount: () => number;
  readonly nameOf: (userId: string) => string;
  readonly mayRemember: (userId: string) => Promise<boolean>;
  /** What is remembered has changed. Must not throw. */
  readonly changed: () => void;
}

/** The tools by which the model remembers, forgets and recalls: for whoever speaks, and for nobody else. */
export const memoryTools = (options: MemoryToolsOptions): readonly Tool[] => {
  const { store, clock, guildId, mode, audience, threadId, turnCount, nameOf, mayRemember, changed } = options;
  let writesAt: number[] = [];

  const refuseIncognito = (): void => {
    if (mode() === 'incognito') {
      throw new ToolError(
        'refused',
        'this conversation is incognito: nothing is remembered, forgotten or recalled in it',
      );
    }
  };
  /** Nobody lends another their memory: it has to be clear who asks. */
  const owner = (speakers: readonly string[]): string => {
    const [userId, ...others] = new Set(speakers);
    if (userId === undefined) throw new ToolError('not_permitted', 'nobody asked for it');
    if (others.length > 0) {
      throw new ToolError('refused', 'several people spoke at once; whoever it is about has to say it alone');
    }
    return userId;
  };
  const countWrite = (): void => {
    const nowMs = clock.monotonicUs() / 1000;
    writesAt = writesAt.filter((at) => nowMs - at < 60_000);
    if (writesAt.length >= maxWritesPerMinute) {
      throw new ToolError('too_often', `at most ${maxWritesPerMinute} changes of the memory a minute`);
    }
    writesAt.push(nowMs);
  };
  /** What was asked for may not be wanted any more by the time it is done. */
  const write = async <T>(signal: AbortSignal, change: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    countWrite();
    const result = await change();
    changed();
    return result;
  };

  return [
    defineTool({
      name: 'remember',
      says: 'Remembers one thing about the person who speaks, because they ask for it: a fact, or a wish on how you talk with them. Saved at once.',
      args: z.strictObject({
        text: z.string().trim().min(1).max(300).describe('One short sentence, without names.'),
        kind: z.enum(memoryKinds),
        visibility: z
          .enum(memoryScopes)
          .default('private')
          .describe('guild only if they say that everybody here may know it.'),
      }),
      right: 'heard',
      run: async ({ text, kind, visibility }, { speakers, signal }) => {
        refuseIncognito();
        const ownerId = owner(speakers);
        if (!(await mayRemember(ownerId))) {
          throw new ToolError(
            'refused',
            'they said that they are not to be remembered; the command optin takes that back',
          );
        }
        const known = await store.memory.memoriesOf(ownerId);
        if (known.length >= maxMemoriesPerPerson) {
          throw new ToolError(
            'refused',
            'too much is remembered of them already; the command memory shows and deletes it',
          );
        }
        const same = known.find(
          (memory) => memory.text.toLowerCase() === text.toLowerCase() && memory.guildId === guildId,
        );
        if (same && same.scope === visibility) return 'That is remembered already.';
        const at = clock.now();
        await write(signal, async () => {
          if (same) await store.memory.changeMemory(same.id, ownerId, { scope: visibility, kind }, at);
          else
            await store.memory.remember({
              ...{
                ownerId,
                guildId,
                scope: visibility,
                kind,
                text,
                threadId: threadId(),
                createdAt: at,
                updatedAt: at,
              },
            });
        });
        return visibility === 'guild'
          ? 'Remembered; everybody in this server may hear it while they are there.'
          : 'Remembered for them alone: it is not told while others hear.';
      },
    }),
    defineTool({
      name: 'forget',
      says: 'Forgets things about the person who speaks that contain these words, because they ask for it.',
      args: z.strictObject({ about: z.string().trim().min(2).max(200).describe('Words that occur in it.') }),
      right: 'heard',
      run: async ({ about }, { speakers, signal }) => {
        refuseIncognito();
        const ownerId = owner(speakers);
        const words = about.toLowerCase();
        const found = (await store.memory.memoriesOf(ownerId)).filter(({ text }) => text.toLowerCase().includes(words));
        if (found.length === 0) throw new ToolError('not_found', 'nothing with these words is remembered of them');
        if (found.length > 5)
          throw new ToolError('refused', `${found.length} things have these words; ask for more of them`);
        await write(signal, async () => {
          for (const { id } of found) await store.memory.forgetMemory(id, ownerId);
        });
        return found.length === 1 ? 'Forgotten.' : `${found.length} things are forgotten.`;
      },
    }),
    defineTool({
      name: 'recall',
      says: 'Tells what is remembered of the people who are there and of earlier conversations with them.',
      args: z.strictObject({ query: z.string().trim().max(200).describe('What about; empty: the newest.') }),
      right: 'heard',
      run: async ({ query }, { speakers }) => {
        refuseIncognito();
        const hearers = audience();
        const present = hearers.kind === 'alone' ? [hearers.userId] : hearers.present;
        const [first = null] = present.length > 0 ? present : speakers;
        if (first === null) throw new ToolError('refused', 'nobody is there');
        const memories =
          hearers.kind === 'alone'
            ? await store.memory.memoriesOf(hearers.userId)
            : await store.memory.guildMemories(guildId, [guildId, ...present]);
        const episodes = await store.memory.episodesOf(first, 100);
        // Somebody may have come while the store was read: who hears is asked again.
        const now = audience();
        const audible = { memories: audibleMemories(memories, now), episodes: audibleEpisodes(episodes, now) };
        return recalled(query, audible, (userId) => (userId === guildId ? 'this server' : nameOf(userId)));
      },
    }),
    defineTool({
      name: 'memory_status',
      says: 'Tells whether this conversation is remembered.',
      args: z.strictObject({}),
      right: 'heard',
      run: async () =>
        JSON.stringify(
          mode() === 'incognito'
            ? { mode: 'incognito', turns: turnCount(), kept: 'nothing' }
            : { mode: 'persistent', turns: turnCount(), kept: 'what is said to you, until somebody deletes it' },
        ),
    }),
  ];
};
