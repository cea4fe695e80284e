import type { SignInRow } from '../../store/index.ts';

/** Who asks, as far as it is judged what they may see. */
export type Asker =
  | { readonly kind: 'person'; readonly userId: string }
  | { readonly kind: 'token'; readonly guildId: string };

/** Who asks: a person who is signed in, or a program with a guild's token. */
export type Viewer =
  | { readonly kind: 'person'; readonly userId: string; readonly signIn: SignInRow }
  | { readonly kind: 'token'; readonly guildId: string; readonly name: string };
