import type { Json } from '../core/json.ts';
import type { SimChannel } from './channel.ts';
import type { SimMember } from './member.ts';
import type { SimMessage } from './message.ts';

export const INTERACTION_TYPES = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;
export type InteractionKind = keyof typeof INTERACTION_TYPES;

/** What became of an interaction so far. */
export type InteractionState =
  | { readonly status: 'waiting' }
  /** "… is thinking": the answer comes as an edit of `@original`. */
  | { readonly status: 'deferred'; readonly flags: number }
  /** A component's click acknowledged, its message possibly changed later. */
  | { readonly status: 'acknowledged' }
  | { readonly status: 'answered' }
  | { readonly status: 'choices'; readonly choices: readonly Json[] }
  | { readonly status: 'modal'; readonly modal: Json }
  /** Not answered in time. */
  | { readonly status: 'failed' };

/** One slash command, click or autocompletion, from its dispatch to the bot's last edit. */
export class SimInteraction {
  readonly id: string;
  readonly token: string;
  readonly kind: InteractionKind;
  readonly member: SimMember;
  readonly channel: SimChannel;
  /** The message whose component was used. */
  readonly source: SimMessage | null;
  readonly createdAt: number;
  readonly followUps: SimMessage[] = [];
  /** What `@original` means: the answer, or the message whose component was used. */
  original: SimMessage | null = null;
  state: InteractionState = { status: 'waiting' };
  /** The first thing the bot did, for who asked. */
  first: InteractionState | null = null;

  constructor(values: {
    id: string;
    token: string;
    kind: InteractionKind;
    member: SimMember;
    channel: SimChannel;
    source: SimMessage | null;
    createdAt: number;
  }) {
    this.id = values.id;
    this.token = values.token;
    this.kind = values.kind;
    this.member = values.member;
    this.channel = values.channel;
    this.source = values.source;
    this.createdAt = values.createdAt;
  }

  settle(state: InteractionState): void {
    this.state = state;
    this.first ??= state;
  }
}
