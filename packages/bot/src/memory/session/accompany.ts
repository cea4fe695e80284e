import type { Session } from '../../session/session.ts';
import type { Background } from '../../vox/background.ts';
import type { LiveMemory } from './live-memory.ts';

export interface AccompanyOptions {
  readonly memory: LiveMemory;
  /** Ends the recording of a session, in its turn. */
  readonly endRecording: (session: Session) => Promise<boolean>;
  readonly background: Background;
  /** The session is over. */
  readonly ended: () => void;
}

/** Has the memory follow a live session: who comes, and that nothing is recorded while it is incognito. */
export const accompany = (
  session: Session,
  { memory, endRecording, background, ended }: AccompanyOptions,
): Disposable => {
  const scope = new DisposableStack();
  const { sessionId } = session.info;
  const follow = (): void => {
    const { isIncognito } = memory;
    // At once, so that nothing begins; what runs is ended when it is the session's turn.
    session.recording.bar(isIncognito);
    if (!isIncognito || !session.recording.current) return;
    background.run(
      'incognito',
      async () => {
        memory.endedRecording ||= await endRecording(session);
      },
      { sessionId },
    );
  };
  scope.use(memory.follow({ context: () => undefined, thread: follow }));
  scope.use(session.people.membership.follow(() => memory.peopleChanged()));
  session.agent.converses(() => (memory.isIncognito ? null : memory.session.threadId));
  scope.defer(ended);
  memory.peopleChanged();
  follow();
  return scope;
};
