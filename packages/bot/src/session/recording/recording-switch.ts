import { abortable } from '../../vox/abortable.ts';
import type { Session } from '../session.ts';
import type { SessionServices } from '../session-services.ts';

/** What became of a wish to pause, resume, begin or end the recording of a session that goes on. */
export type SwitchOutcome = 'done' | 'unchanged' | 'not_recording';

/** Stores nothing until somebody resumes. @throws ProtocolError; it is paused all the same. */
export const pauseRecording = async (session: Session): Promise<SwitchOutcome> => {
  const outcome = await session.recording.pause();
  if (outcome === 'done') session.apply({ type: 'paused' });
  return outcome;
};

/** @throws ProtocolError; it is paused still. */
export const resumeRecording = async (session: Session): Promise<SwitchOutcome> => {
  const outcome = await session.recording.resume();
  if (outcome === 'done') session.apply({ type: 'resumed' });
  return outcome;
};

/** Ends the recording and hands it to the mixer; the session stays, and no longer shows that it records. Never throws. */
export const recordingOff = async (
  session: Session,
  { indicator }: Pick<SessionServices, 'indicator'>,
): Promise<SwitchOutcome> => {
  if (!session.recording.current) return 'unchanged';
  await session.recording.stop('record_off');
  session.apply({ type: 'resumed' });
  await indicator.restore(session.info.guildId);
  return 'done';
};

/**
 * Begins another recording in the session's channel, shown and told like the first.
 * @throws JoinRefused where nothing can show it, or what posting or starting says; nothing is recorded, and nothing shown, then.
 */
export const recordingOn = async (
  session: Session,
  { discord, indicator }: Pick<SessionServices, 'discord' | 'indicator'>,
  signal: AbortSignal,
): Promise<SwitchOutcome> => {
  if (session.recording.current) return 'unchanged';
  const channel = discord.channel(session.info.guildId, session.channelId);
  if (!channel) throw new Error('the voice channel is gone');
  await abortable(session.people.settle(), signal);
  try {
    await session.record(channel, { phase: () => undefined }, signal);
  } catch (error) {
    await indicator.restore(session.info.guildId);
    throw error;
  }
  return 'done';
};
