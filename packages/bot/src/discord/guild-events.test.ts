import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { type Client, Events } from 'discord.js';
import { pino } from 'pino';
import { Background } from '../vox/background.ts';
import { bindEvents, type EventTargets } from './events.ts';

test('a guild that removed the bot is noted, one that is away for an outage is not, one that comes back is', async () => {
  const client = new EventEmitter();
  const told: string[] = [];
  const departures = {
    removed: async (id: string) => void told.push(`removed ${id}`),
    added: async (id: string) => void told.push(`added ${id}`),
  };
  const background = new Background(pino({ level: 'silent' }));
  // Nothing else of the client or of the targets is used by these events.
  bindEvents(client as unknown as Client, {
    targets: Promise.resolve({ departures } as unknown as EventTargets),
    background,
    onFatal: () => undefined,
  });
  for (const event of [Events.GuildUnavailable, Events.GuildAvailable, Events.GuildDelete, Events.GuildCreate]) {
    client.emit(event, { id: '100000000000000001' });
    await background.settled();
  }
  assert.deepEqual(told, ['removed 100000000000000001', 'added 100000000000000001']);
});
