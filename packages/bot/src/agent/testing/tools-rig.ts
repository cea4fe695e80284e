import assert from 'node:assert/strict';
import { alice, bob, guildA, type RigOptions, SessionRig, voiceA } from '../../testing/index.ts';
import { type AgentScript, ScriptedAgents } from '../../testing/scripted-agents.ts';
import { MusicDesk } from '../music/music-desk.ts';
import type { MusicHit } from '../music/track.ts';
import { ChannelQuestions } from '../questions/channel-questions.ts';
import type { ToolHost } from '../session/tool-host.ts';
import { Soundboard } from '../soundboard/soundboard.ts';
import { openTools, type ToolServices } from '../tools/open-tools.ts';
import { FakeSoundboard } from './fake-soundboard.ts';

export interface ToolsRigOptions extends RigOptions {
  readonly agent?: AgentScript;
  readonly services?: Partial<ToolServices>;
  /** What a search for music finds; nothing by default. */
  readonly findMusic?: (asked: string) => readonly MusicHit[];
}

/** What a tool answered, as the model is told. */
export interface Told {
  readonly ok: boolean;
  readonly result?: string;
  readonly error?: string;
  readonly message?: string;
}

/** A live session with Alice, who has Manage Server, and Bob, and the tools of its agent. */
export class ToolsRig implements AsyncDisposable {
  readonly rig: SessionRig;
  readonly questions: ChannelQuestions;
  readonly music: MusicDesk;
  readonly soundboard = new FakeSoundboard();
  readonly tools: ToolHost;
  #calls = 0;

  private constructor(rig: SessionRig, { services = {}, findMusic = () => [] }: ToolsRigOptions) {
    this.rig = rig;
    const { clock, logger } = rig.services;
    this.questions = new ChannelQuestions(clock, logger);
    const session = rig.registry.of(guildA) ?? assert.fail('no session');
    this.music = new MusicDesk({
      ...{ ...rig.services, questions: this.questions, ffmpeg: async () => '/usr/bin/ffmpeg' },
      search: { find: async (asked) => findMusic(asked) },
    });
    this.music.accompany(session);
    const soundboard = new Soundboard({ port: this.soundboard, clock, logger });
    const { info } = session;
    this.tools = openTools(
      {
        ...{ ...rig.services, registry: rig.registry, questions: this.questions, music: this.music },
        soundboard,
        leave: (guildId, userId) => rig.coordinator.leave(guildId, userId, 'agent'),
        ...services,
      },
      info,
    );
  }

  static async live(options: ToolsRigOptions = {}): Promise<ToolsRig> {
    const rig = await SessionRig.start({ agents: new ScriptedAgents(options.agent), ...options });
    rig.discord.managers.delete(bob);
    rig.discord.put(alice, voiceA);
    rig.discord.put(bob, voiceA);
    assert.equal((await rig.join()).kind, 'joined');
    return new ToolsRig(rig, options);
  }

  /** The model calls a tool because of what these people said. */
  async call(name: string, args: unknown = {}, speakers: readonly string[] = [bob]): Promise<Told> {
    this.#calls += 1;
    const call = { callId: String(this.#calls), name, arguments: JSON.stringify(args), speakers };
    const { output } = await this.rig.drive(this.tools.call(call, new AbortController().signal));
    return JSON.parse(output) as Told;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tools[Symbol.asyncDispose]();
    await this.rig[Symbol.asyncDispose]();
  }
}
