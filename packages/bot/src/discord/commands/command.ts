import type { Clock } from '@parley/protocol';
import type { MusicDesk } from '../../agent/music/music-desk.ts';
import type { ChannelQuestions } from '../../agent/questions/channel-questions.ts';
import type { SayDesk } from '../../agent/say/say-desk.ts';
import type { Settings } from '../../config/settings-schema.ts';
import type { PageLinks } from '../../http/auth/page-links.ts';
import type { Metrics } from '../../http/metrics.ts';
import type { Logger } from '../../log.ts';
import type { MemoryService } from '../../memory/memory-service.ts';
import type { Button, UserMessage } from '../../notify/index.ts';
import type { Eraser } from '../../recordings/erasure/eraser.ts';
import type { ExportService } from '../../recordings/exports/export-service.ts';
import type { DiscordPort, OutgoingFile } from '../../session/discord-port.ts';
import type { JoinCoordinator } from '../../session/join/join-coordinator.ts';
import type { ConsentService } from '../../session/people/consent-service.ts';
import type { IndicatorPort } from '../../session/recording/indicator-port.ts';
import type { Store } from '../../store/index.ts';
import type { TranscriptionService } from '../../transcripts/service/transcription-service.ts';
import type { ChatModel } from '../../transcripts/text-model/chat-model.ts';
import type { Background } from '../../vox/background.ts';
import type { ArgumentProblem } from '../arguments/argument-problem.ts';
import type { ArgumentsOf, Options } from '../arguments/option.ts';
import { type GivenArguments, readArguments } from '../arguments/read-arguments.ts';

/*
 * How a command is made: one file here calls `defineCommand`, and `all.ts` lists it. From the one declaration come the slash command
 * (`/join`, `/leave`, `/status` by themselves, everything else under `/parley`), the text command after the prefix or a mention, its
 * help, its usage when the arguments are wrong, and the form that opens when a button of it lacks a required text.
 *
 * - Arguments: `options`, see `arguments/option.ts`; the handler gets them typed. `suggest` completes one while it is typed.
 * - Who may: `may`. The router has checked it, and refused in words, before `run` is called. What depends on more than the session of
 *   now (a recording of yesterday) is checked by the handler, which answers `command_refused`.
 * - Answer: a `UserMessage`, or an `Answer` with files, buttons and choices, or null when the channel shows it already. A text longer
 *   than Discord takes is attached as a file by itself. A handler that throws is answered with `command_failed` and logged.
 * - Personal: `personal: true` makes the answer ephemeral; after a text command it is a button that only this person can open.
 * - Confirmation: an answer with `choices`; each choice runs once, for the person asked, within 15 minutes, and what it returns takes
 *   the place of the question. They do not survive a restart.
 * - Buttons that last: a `Button` with a `line` is that text command, given by whoever presses it; it works after a restart and is
 *   checked like any command.
 * - Time: an answer may take long, the router defers it within 3 s. Work of more than a minute does not belong in the answer, since an
 *   interaction dies after 15: answer that it has begun, go on in `services.background`, and show it with `services.discord.post` or a
 *   `ThrottledMessage` in `call.textChannelId`.
 */

/** What handlers may use. */
export interface CommandServices {
  readonly settings: Settings;
  readonly coordinator: JoinCoordinator;
  readonly consents: ConsentService;
  readonly eraser: Eraser;
  readonly store: Store;
  readonly discord: DiscordPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly background: Background;
  readonly indicator: IndicatorPort;
  /** Questions of agents whose buttons people press. */
  readonly questions: Pick<ChannelQuestions, 'owns' | 'press'>;
  readonly music: Pick<MusicDesk, 'of' | 'ask'>;
  /** Has the agent say what people typed. */
  readonly sayings: Pick<SayDesk, 'say'>;
  readonly exports: Pick<ExportService, 'request'>;
  readonly transcription: Pick<TranscriptionService, 'ask'>;
  /** What is remembered, and of which sessions. */
  readonly memories: Pick<MemoryService, 'of' | 'changed'>;
  /** The text model; null: there is none. */
  readonly brain: Pick<ChatModel, 'ask'> | null;
  /** Personal links to the pages; null: there are no pages. */
  readonly pageLinks: Pick<PageLinks, 'visible' | 'linkFor'> | null;
  /** The signed link to a file of a recording, good until `expiresAt` (epoch ms); null: Parley has no public address. */
  readonly linkTo: ((recordingSessionId: string, file: string, expiresAt: number) => string) | null;
}

/** One command as somebody gave it, whatever the way. */
export interface Invocation {
  readonly via: 'slash' | 'text' | 'mention' | 'button';
  readonly guildId: string;
  readonly textChannelId: string;
  readonly userId: string;
  /** 0..1: how sure it is that this was meant; 1 for a command. */
  readonly intentConfidence: number;
}

export type Call<O extends Options> = Invocation & { readonly args: ArgumentsOf<O> };

/** A small file made on the spot. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** One way to go on after a question. */
export interface Choice {
  readonly label: string;
  readonly style?: Button['style'];
  /** What this returns takes the place of the question. */
  run(): Promise<CommandResult>;
}

export interface Answer {
  readonly message: UserMessage;
  readonly files?: readonly (OutgoingFile | TextFile)[];
  readonly buttons?: readonly Button[];
  /** At most five. */
  readonly choices?: readonly Choice[];
}

/** null: nothing to answer, the channel shows it already. */
export type CommandResult = UserMessage | Answer | null;

/**
 * `anyone` in the guild · `in_session`: there is a session, and the person asked it in, sits in its channel, or has Manage Server ·
 * `manage_server`.
 */
export type Permission = 'anyone' | 'in_session' | 'manage_server';

/** What is being typed into an argument that is completed. */
export interface Typing {
  readonly typed: string;
  readonly guildId: string;
  readonly userId: string;
}

export type Suggest = (typing: Typing, services: CommandServices) => readonly string[] | Promise<readonly string[]>;

export interface CommandSpec<O extends Options> {
  /** `[a-z-]{1,32}` */
  readonly name: string;
  /** 1 to 100 characters, for `help` and for Discord's own list. */
  readonly says: string;
  readonly options: O;
  /** Completion of `word` and `text` options; at most 25 values of 100 characters are shown. */
  readonly suggest?: { readonly [Name in keyof O]?: Suggest };
  /** Default: anyone. */
  readonly may?: Permission;
  /** The answer concerns this person only. */
  readonly personal?: boolean;
  /** What a personal answer holds is good for minutes only: after a text command it is made when its button is pressed. */
  readonly isFresh?: boolean;
  /** A command of consent has a rate limit of its own: whoever asked too much of the rest can still opt out at once. */
  readonly isConsent?: boolean;
  run(call: Call<O>, services: CommandServices): Promise<CommandResult>;
}

/** A command whose arguments have been read. */
export type Prepared =
  | {
      readonly kind: 'ready';
      run(invocation: Invocation, services: CommandServices): Promise<CommandResult>;
    }
  | { readonly kind: 'wrong'; readonly problem: ArgumentProblem };

/** A command as the router knows it, the types of its arguments forgotten. */
export interface Command {
  readonly name: string;
  readonly says: string;
  readonly options: Options;
  readonly suggest: Readonly<Record<string, Suggest | undefined>>;
  readonly may: Permission;
  readonly personal: boolean;
  readonly isFresh: boolean;
  readonly isConsent: boolean;
  prepare(given: GivenArguments): Prepared;
}

export const defineCommand = <const O extends Options>(spec: CommandSpec<O>): Command => ({
  name: spec.name,
  says: spec.says,
  options: spec.options,
  suggest: spec.suggest ?? {},
  may: spec.may ?? 'anyone',
  personal: spec.personal ?? false,
  isFresh: spec.isFresh ?? false,
  isConsent: spec.isConsent ?? false,
  prepare: (given) => {
    const read = readArguments(spec.options, given);
    if (read.kind === 'wrong') return read;
    // `readArguments` gives each option the type its kind says, which the compiler cannot follow through the record.
    const args = read.values as ArgumentsOf<O>;
    return { kind: 'ready', run: (invocation, services) => spec.run({ ...invocation, args }, services) };
  },
});

/** Whichever form a handler answered in. */
export const answerOf = (result: CommandResult): Answer | null =>
  result === null || 'message' in result ? result : { message: result };
