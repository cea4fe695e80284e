/** Something that works on a recording's files and can be kept away from them. */
export interface Holdable {
  /** Keeps it away until disposed; resolves when nothing is done with the files any more. */
  hold(recordingSessionId: string): Promise<Disposable>;
}

/** Keeps all of them away from a recording, or, where one fails, none. Rejects with what the first says. */
export const holdAll = async (holdables: readonly Holdable[], recordingSessionId: string): Promise<Disposable> => {
  using holds = new DisposableStack();
  for (const one of holdables) holds.use(await one.hold(recordingSessionId));
  return holds.move();
};
