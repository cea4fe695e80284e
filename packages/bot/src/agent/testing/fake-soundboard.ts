import { guildA, guildB, voiceA } from '../../testing/fake-discord.ts';
import type { RightsUnknown, Sound, SoundboardPort, SoundRights } from '../soundboard/soundboard-port.ts';

/** A bot that may play any sound in Alice's channel. */
export const allRights: SoundRights = {
  ...{ speak: true, useSoundboard: true, useExternalSounds: true, mutedOrDeaf: false },
  inChannelId: voiceA,
};

/** A soundboard on paper: two sounds here, one elsewhere, Discord's own. Failures are switched on by assigning to its fields. */
export class FakeSoundboard implements SoundboardPort {
  readonly played: string[] = [];
  readonly lists: string[] = [];
  now: SoundRights | RightsUnknown = allRights;
  own: readonly Sound[] = [
    { id: '11', name: 'Air Horn', guildId: guildA },
    { id: '12', name: 'Sad Trombone', guildId: guildA },
  ];
  failure: Error | null = null;

  async ofGuild(guildId: string): Promise<readonly Sound[]> {
    this.lists.push(guildId);
    if (this.failure) throw this.failure;
    if (guildId === guildA) return this.own;
    if (guildId === guildB) return [{ id: '21', name: 'Elsewhere', guildId: guildB }];
    throw new Error('Unknown Guild');
  }

  async defaults(): Promise<readonly Sound[]> {
    this.lists.push('default');
    return [{ id: '1', name: 'quack', guildId: null }];
  }

  rights(): SoundRights | RightsUnknown {
    return this.now;
  }

  async play(channelId: string, { id, guildId }: Sound): Promise<void> {
    if (this.failure) throw this.failure;
    this.played.push(`${id} of ${guildId ?? 'Discord'} in ${channelId}`);
  }
}
