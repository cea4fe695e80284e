import type { MessageDetails, UserMessage } from '../../notify/index.ts';
import { type CommandResult, defineCommand } from './command.ts';

/** Things of one person that one message shows. */
const shown = 25;
const maxText = 300;
const maxEpisodes = 1000;

export const memory = defineCommand({
  name: 'memory',
  says: 'what is remembered of you: show, edit, share, delete, export',
  personal: true,
  options: {
    action: {
      kind: 'choice',
      says: 'show (default), delete, edit, share (with this server), unshare, export',
      choices: ['show', 'delete', 'edit', 'share', 'unshare', 'export'],
    },
    number: {
      kind: 'integer',
      says: 'which one, as show tells; delete without one: everything here',
      min: 1,
      max: Number.MAX_SAFE_INTEGER,
    },
    text: { kind: 'text', says: 'for edit: what it says from now on', maxLength: maxText },
  },
  run: async (
    { guildId, userId, args },
    { store, clock, settings: { prefix }, memories: live },
  ): Promise<CommandResult> => {
    const { action, number: id, text } = args;
    const changed = (outcome: MessageDetails['memory_changed']['outcome'], count = 0): UserMessage => ({
      kind: 'memory_changed',
      details: { outcome, count, prefix },
    });
    const all = await store.memory.memoriesOf(userId);
    const here = all.filter((row) => row.guildId === guildId);
    const after = (done: boolean, outcome: MessageDetails['memory_changed']['outcome']): UserMessage => {
      if (!done) return changed('not_found');
      live.changed(guildId);
      return changed(outcome);
    };
    switch (action ?? 'show') {
      case 'export': {
        const episodes = await store.memory.episodesOf(userId, maxEpisodes);
        const file = { name: 'memory.json', text: `${JSON.stringify({ memories: all, episodes }, null, 2)}\n` };
        return { message: changed('exported', all.length), files: [file] };
      }
      case 'delete': {
        if (id !== null) return after(await store.memory.forgetMemory(id, userId), 'deleted');
        for (const row of here) await store.memory.forgetMemory(row.id, userId);
        live.changed(guildId);
        return changed('deleted_all', here.length);
      }
      case 'edit': {
        if (id === null) return changed('needs_number');
        const words = text?.trim() ?? '';
        if (words === '') return changed('needs_text');
        return after(await store.memory.changeMemory(id, userId, { text: words }, clock.now()), 'edited');
      }
      case 'share':
      case 'unshare': {
        if (id === null) return changed('needs_number');
        const scope = action === 'share' ? ('guild' as const) : ('private' as const);
        // What is shared is shared with the server it is said in, and with no other.
        const patch = action === 'share' ? { scope, guildId } : { scope };
        return after(
          await store.memory.changeMemory(id, userId, patch, clock.now()),
          `${action}d` as 'shared' | 'unshared',
        );
      }
      default: {
        const episodes = await store.memory.episodesOf(userId, maxEpisodes);
        return {
          kind: 'memory_shown',
          details: {
            memories: here.slice(0, shown),
            elsewhere: all.length - here.length,
            episodes: episodes.filter((row) => row.guildId === guildId).length,
            prefix,
          },
        };
      }
    }
  },
});
