import type { Session } from '../session.ts';
import type { SessionServices } from '../session-services.ts';
import type { AgentClient } from './agent-connector.ts';

/** The agent on its way into a session that is being joined. Disposing gives up the connecting and closes the client. */
export interface JoiningAgent extends AsyncDisposable {
  /** Resolves when the provider is ready, or at once where nobody has to wait for it. @throws what failed */
  readonly connected: Promise<void>;
  /** The session lives: it listens, and greets the room as soon as it is connected; nobody waits for it. */
  live(): void;
}

const nobody: JoiningAgent = {
  connected: Promise.resolve(),
  live: () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

/** `required`: without it the join fails · `optional`: the join does not wait for it, and what fails is logged · `none`: there is none. */
export type AgentWish = 'required' | 'optional' | 'none';

/** Connects the agent at once, beside whatever else a join has to do. */
export const connectAgent = (
  { agents, background, logger }: Pick<SessionServices, 'agents' | 'background' | 'logger'>,
  session: Session,
  wish: AgentWish,
): JoiningAgent => {
  if (!agents || wish === 'none') return nobody;
  const { sessionId } = session.info;
  const giveUp = new AbortController();
  const client = agents.open(session);
  session.agent.attach(client);
  const connected = client.connect(giveUp.signal);
  connected.catch(() => undefined); // met by the join; until then nobody waits for it
  return {
    connected: wish === 'required' ? connected : Promise.resolve(),
    live: () => {
      client.live();
      const greeting = async () => {
        await connected;
        await client.greet();
      };
      background.run('greeting', () => greeting().catch(unlessAborted(giveUp.signal)), { sessionId });
    },
    [Symbol.asyncDispose]: async () => {
      giveUp.abort(new Error('the session is over'));
      await closeQuietly(client, (error) => logger.warn({ err: error, sessionId }, 'the agent did not close in order'));
    },
  };
};

/** What fails because it was given up is no failure. */
const unlessAborted =
  (signal: AbortSignal) =>
  (error: unknown): void => {
    if (!signal.aborted) throw error;
  };

/** What fails while the agent closes must not hide why it is closed. */
const closeQuietly = async (client: AgentClient, onError: (error: unknown) => void): Promise<void> => {
  try {
    await client[Symbol.asyncDispose]();
  } catch (error) {
    onError(error);
  }
};
