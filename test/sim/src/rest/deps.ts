import type { VoiceDirector } from '../voice/director.ts';
import type { CommandRegistry } from '../world/commands.ts';
import type { Interactions } from '../world/interactions.ts';
import type { SignIn } from '../world/sign-in.ts';
import type { World } from '../world/world.ts';
import type { AttachmentStore } from './attachments.ts';

/** What the routes work on. */
export interface RestDeps {
  readonly world: World;
  readonly commands: CommandRegistry;
  readonly interactions: Interactions;
  readonly voice: VoiceDirector;
  readonly attachments: AttachmentStore;
  readonly signIn: SignIn;
  readonly gatewayUrl: () => string;
  /** Whether the privileged intents are switched on for the bot. */
  readonly privilegedIntents: () => boolean;
}
