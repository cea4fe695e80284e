import type { VoxprocVoice } from '../../vox/voxproc-voice.ts';
import type { Hearing } from '../hearing/hearing.ts';
import type { Speaker } from '../speaking/speaker.ts';

/** Hands what a voxproc captures and plays to whoever hears and speaks. @param onSpeech somebody begins to speak */
export const voiceFor = (hearing: Hearing, speaker: Speaker, onSpeech: () => void): Partial<VoxprocVoice> => ({
  speakingStarted: (userId) => {
    onSpeech();
    hearing.speakingStarted(userId);
  },
  speakingStopped: (userId) => hearing.speakingStopped(userId),
  captureAudio: (piece) => hearing.audio(piece),
  capturePaused: (pause) => hearing.paused(pause),
  captureResumed: (resumed) => hearing.resumed(resumed),
  captureEnded: (ended) => hearing.ended(ended),
  captureOverflow: (overflow) => hearing.overflow(overflow),
  playbackStarted: (started) => speaker.started(started),
  playbackProgress: (progress) => speaker.progress(progress),
  playbackCredit: (credit) => speaker.credit(credit),
  playbackFinished: (finished) => speaker.finished(finished),
  lost: () => {
    hearing.lost();
    speaker.lost();
  },
});
