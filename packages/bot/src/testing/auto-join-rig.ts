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
  /** Lets what follows from a change happen, up to where it waits for something. */
  const look = async () => {
    await settle();
    rig.clock.advance(settleMs);
    for (let turn = 0; turn < 60; turn += 1) await settle();
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
    live: () => rig.registry.of(guildA),
    [Symbol.asyncDispose]: async () => {
      auto[Symbol.dispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
};

/** Holds the next join up where it reads the settings; what it returns lets it go on. */
export const holdJoins = (rig: SessionRig): (() => void) => {
  const { guildSettings } = rig.services.store;
  const gate = Promise.withResolvers<void>();
  const get = guildSettings.get.bind(guildSettings);
  Object.assign(guildSettings, {
    get: async (guildId: string) => {
      await gate.promise;
      return await get(guildId);
    },
  });
  return () => gate.resolve();
};
