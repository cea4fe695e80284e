import { type Connected, ProtocolError } from '@parley/protocol';
import type { Connection } from '../voice/connection.ts';

/** Bounds of joining and moving, milliseconds; below the deadlines of the requests. */
export const enterTimeouts = { join: 17_000, move: 9_000, moveBack: 8_000 } as const;

type Enterable = Pick<Connection, 'enter' | 'state'>;

/**
 * Goes to another channel; when that fails, back to the one before.
 * @throws ProtocolError `voice_timeout` (the details say whether it is back), and those of `Connection.enter`
 */
export const moveTo = async (connection: Enterable, channelId: string): Promise<Connected> => {
  const { state } = connection;
  const before = 'channelId' in state ? state.channelId : null;
  try {
    return await connection.enter(channelId, enterTimeouts.move);
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== 'voice_timeout' || before === null) throw error;
    const details = { ...error.details, movedBack: await isBack(connection, before) };
    throw new ProtocolError(error.code, `session.move: ${error.message}`, details, { cause: error });
  }
};

const isBack = async (connection: Enterable, channelId: string): Promise<boolean> => {
  try {
    await connection.enter(channelId, enterTimeouts.moveBack);
    return true;
  } catch {
    return false;
  }
};
