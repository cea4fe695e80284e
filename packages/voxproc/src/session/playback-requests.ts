import type { Channel } from '@parley/protocol';
import type { VoiceSession } from './voice-session.ts';

/**
 * Answers what the supervisor asks to be played.
 * @param joined the voice session a request is for; throws `not_joined`
 */
export const answerPlayback = (
  channel: Channel<'voxproc'>,
  joined: (request: string) => VoiceSession,
  present: () => VoiceSession | null,
): Disposable => {
  const scope = new DisposableStack();
  const speech = (request: string) => joined(request).playback.speech;
  const music = (request: string) => joined(request).playback.music;
  scope.use(channel.onRequest('sound.play', ({ file }) => joined('sound.play').playback.sounds.play(file)));
  scope.use(channel.onRequest('speech.begin', (params) => joined('speech.begin').playback.beginSpeech(params)));
  scope.use(
    channel.onRequest('speech.end', ({ utteranceId, frames }) => {
      speech('speech.end').end(utteranceId, frames);
      return {};
    }),
  );
  scope.use(channel.onRequest('speech.pause', ({ utteranceId }) => speech('speech.pause').pause(utteranceId)));
  scope.use(
    channel.onRequest('speech.resume', ({ utteranceId }) => {
      speech('speech.resume').resume(utteranceId);
      return {};
    }),
  );
  scope.use(channel.onRequest('speech.cancel', ({ utteranceId }) => speech('speech.cancel').cancel(utteranceId)));
  scope.use(
    channel.onNotification('speech.audio', ({ utteranceId, seq, pcm }) =>
      present()?.playback.speech.audio(utteranceId, seq, pcm),
    ),
  );
  scope.use(
    channel.onRequest('music.play', (params) => {
      joined('music.play').playback.playMusic(params);
      return {};
    }),
  );
  scope.use(channel.onRequest('music.pause', () => music('music.pause').pause()));
  scope.use(channel.onRequest('music.resume', () => music('music.resume').resume()));
  scope.use(channel.onRequest('music.stop', ({ fadeMs }) => music('music.stop').stop(fadeMs)));
  scope.use(
    channel.onRequest('music.gain', ({ gain, fadeMs }) => {
      music('music.gain').setGain(gain, fadeMs);
      return {};
    }),
  );
  return scope;
};
