import { settle } from '@parley/protocol/testing';
import type { GuildSettingsPatch } from '../config/guild-settings.ts';
import { AutoJoin, settleMs } from '../session/auto-join/auto-join.ts';
import { guildA, textA, voiceA } from './fake-discord.ts';
import { SessionRig } from './session-rig.ts';

/** Parley comes when somebody sits at the table. */
export const occupiedTable = { autoJoinChannelId: voiceA, autoJoinWhenOccupied: true, autoJoinPostChannelId: textA };

/** A rig whose Parley comes by itself as the settings of its guild say. */
export const startAutoJoin = async (patch: GuildSettingsPatch) => {
  const rig = await SessionRig.start();
  const auto = new AutoJoin({ services: rig.services, coordinator: rig.coordinator });
  Object.assign(rig.services, { companions: [auto.accompany.bind(auto)] });
  await rig.drive(rig.services.store.guildSettings.set(guildA, patch));
  /** Puts people where they are said to be, and says so. */
  const move = (change: Readonly<Record<string, string | null>>) => {
    for (const [userId, channelId] of Object.entries(change)) {
      const person = rig.discord.put(userId, channelId);
      rig.registry.of(guildA)?.voiceState(person, channelId);
    }
    auto.changed(guildA);
  };
  const { guildSettings } = rig.services.store;
  /** What joins wait for that are held up, and how many do. */
  let gate: Promise<void> | null = null;
  let held = 0;
  const get = guildSettings.get.bind(guildSettings);
  Object.assign(guildSettings, {
    get: async (guildId: string) => {
      if (gate) {
        held += 1;
        await gate;
        held -= 1;
      }
      return await get(guildId);
    },
  });
  /** Lets what follows from a change happen, up to where a join is held up. */
  const look = async () => {
    await settle();
    rig.clock.advance(settleMs);
    await rig.until('what follows has happened', () => rig.background.size === 0 || held > 0);
    await settle();
  };
  return {
    rig,
    auto,
    move,
    look,
    /** Moves people, and waits for all that follows. */
    room: async (change: Readonly<Record<string, string | null>>) => {
      move(change);
      await look();
      await rig.drive(rig.background.settled());
    },
    /** Holds joins up where they read the settings; what it returns lets them go on. */
    hold: (): (() => void) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => {
        gate = null;
        resolve();
      };
    },
    live: () => rig.registry.of(guildA),
    [Symbol.asyncDispose]: async () => {
      auto[Symbol.dispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
};
