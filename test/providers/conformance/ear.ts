import type { ProviderEvent, ProviderEvents } from '../../../packages/bot/src/agent/provider/provider-event.ts';

type Of<Type extends ProviderEvent['type']> = Extract<ProviderEvent, { type: Type }>;

/** Hears a provider: keeps every event, and lets a test wait for one. */
export class Ear {
  readonly events: ProviderEvent[] = [];
  readonly #waiters: { readonly wants: () => boolean; readonly resolve: () => void }[] = [];
  #react: ProviderEvents = () => undefined;

  readonly hear: ProviderEvents = (event) => {
    this.events.push(event);
    this.#react(event);
    for (const waiter of this.#waiters.filter(({ wants }) => wants())) {
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      waiter.resolve();
    }
  };

  /** What is done with each event as it comes. */
  react(react: ProviderEvents): void {
    this.#react = react;
  }

  all<Type extends ProviderEvent['type']>(type: Type): readonly Of<Type>[] {
    return this.events.filter((event): event is Of<Type> => event.type === type);
  }

  /** Resolves with the `count`-th event of a type. */
  async until<Type extends ProviderEvent['type']>(type: Type, count = 1): Promise<Of<Type>> {
    const found = (): Of<Type> | undefined => this.all(type)[count - 1];
    if (found() === undefined) {
      await new Promise<void>((resolve) => this.#waiters.push({ wants: () => found() !== undefined, resolve }));
    }
    return found() as Of<Type>;
  }

  /** Types of all events, runs of the same one written once. */
  get order(): readonly string[] {
    return this.events.map(({ type }) => type).filter((type, at, types) => type !== types[at - 1]);
  }

  /** PCM that came, bytes. */
  get pcm(): Buffer {
    return Buffer.concat(this.all('audio').map(({ pcm }) => pcm));
  }

  get warnings(): readonly string[] {
    return this.all('warning').map(({ code }) => code);
  }
}
