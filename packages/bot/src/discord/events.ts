import { type Client, Events, type VoiceState } from 'discord.js';
import type { GuildDepartures } from '../recordings/retention/departures.ts';
import type { AutoJoin } from '../session/auto-join/auto-join.ts';
import type { StreamRegistry } from '../session/presence/stream-registry.ts';
import type { SessionRegistry } from '../session/registry.ts';
import type { Background } from '../vox/background.ts';
import { voicePersonOf } from './members.ts';
import type { CommandRouter } from './router/router.ts';

/** What the events of the gateway go to, once everything stands. */
export interface EventTargets {
  readonly router: CommandRouter;
  readonly registry: SessionRegistry;
  readonly streams: StreamRegistry;
  readonly autoJoin: Pick<AutoJoin, 'changed'>;
  readonly departures: Pick<GuildDepartures, 'removed' | 'added'>;
}

export interface EventOptions {
  /** Commands wait for it; voice states before it are seen when the sessions look for themselves. */
  readonly targets: Promise<EventTargets>;
  readonly background: Background;
  /** The gateway closed for good: nothing more will come. */
  readonly onFatal: (closeCode: number) => void;
}

/** Attaches everything Parley listens to. The client is not shared: nobody else's listeners are touched at its end. */
export const bindEvents = (client: Client, { targets, background, onFatal }: EventOptions): void => {
  let current: EventTargets | null = null;
  void targets.then(
    (ready) => {
      current = ready;
    },
    () => undefined,
  );
  client.on(Events.MessageCreate, (message) =>
    background.run('message command', async () => await (await targets).router.onMessage(message)),
  );
  client.on(Events.InteractionCreate, (interaction) =>
    background.run('interaction', async () => await (await targets).router.onInteraction(interaction)),
  );
  // An outage comes as another event (`guildUnavailable`).
  client.on(Events.GuildDelete, ({ id }) =>
    background.run('guild removed', async () => await (await targets).departures.removed(id)),
  );
  client.on(Events.GuildCreate, ({ id }) =>
    background.run('guild added', async () => await (await targets).departures.added(id)),
  );
  client.on(Events.VoiceStateUpdate, (before, state) => {
    current?.autoJoin.changed(state.guild.id);
    if (current) noteStream(current.streams, before, state);
    if (current) onVoiceState(current.registry, client, state);
  });
  client.on(Events.VoiceChannelEffectSend, ({ guild, channelId, userId, emoji, soundId }) => {
    if (userId === client.user?.id) return;
    const effect = { userId, emoji: emoji?.name ?? null, soundId: soundId === null ? null : String(soundId) };
    current?.registry.of(guild.id)?.voiceEffect(effect, channelId);
  });
  client.on(Events.ShardDisconnect, ({ code }) => {
    if (current) onFatal(code);
  });
};

/** The registry hears of it before the session does, so that a session knows when a stream began. */
const noteStream = (
  streams: StreamRegistry,
  before: VoiceState,
  { guild, id, channelId, streaming }: VoiceState,
): void =>
  streams.voiceState({
    ...{ guildId: guild.id, userId: id, channelId, streaming: streaming ?? false },
    wasStreaming: before.streaming,
  });

const onVoiceState = (registry: SessionRegistry, client: Client, state: VoiceState): void => {
  const session = registry.of(state.guild.id);
  if (!session) return;
  if (state.id !== client.user?.id) session.voiceState(voicePersonOf(state), state.channelId);
  else session.ownVoiceState({ deaf: state.serverDeaf ?? false, mute: state.serverMute ?? false });
};
