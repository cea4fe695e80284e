import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VoiceConnection } from '@discordjs/voice';
import { voiceOutput } from './voice-output.ts';

const frame = Buffer.from([0x78, 1, 2, 3, 4]);

/** A connection whose library would send whatever it is given. */
const build = ({ ready = true, state = 'ready' as 'ready' | 'connecting', fails = false } = {}) => {
  const sent: Buffer[] = [];
  let prepared: Buffer | undefined;
  const voice = {
    prepareAudioPacket(packet: Buffer) {
      if (fails) throw new Error('NotReady');
      prepared = packet;
      return packet;
    },
    dispatchAudio() {
      if (!prepared) return false;
      sent.push(prepared);
      prepared = undefined;
      return true;
    },
    setSpeaking: () => false,
  } as unknown as VoiceConnection;
  const outage = { sinceMs: 0, attempts: 0, retried: false };
  const output = voiceOutput({
    voice,
    state:
      state === 'ready'
        ? { name: 'ready', channelId: 'a', sinceMs: 0, flaps: 0 }
        : { name: 'connecting', channelId: 'a', outage, deadlineMs: 0 },
    encryption: { version: 1, ready, privacyCode: null },
  });
  return { output, sent };
};

describe('voiceOutput', () => {
  it('sends a frame when encryption is ready', () => {
    const { output, sent } = build();
    assert.equal(output.send(frame), true);
    assert.deepEqual(sent, [frame]);
  });

  it('does not hand a frame to the library when encryption is not ready: it would go out plain', () => {
    const { output, sent } = build({ ready: false });
    assert.equal(output.send(frame), false);
    assert.deepEqual(sent, []);
  });

  it('sends silence frames before encryption is ready, because they are never encrypted', () => {
    const { output, sent } = build({ ready: false });
    assert.equal(output.sendSilence(), true);
    assert.deepEqual(sent, [Buffer.from([0xf8, 0xff, 0xfe])]);
  });

  it('sends nothing while it is not connected, and survives a library that throws', () => {
    assert.equal(build({ state: 'connecting' }).output.send(frame), false);
    assert.equal(build({ state: 'connecting' }).output.sendSilence(), false);
    assert.equal(build({ fails: true }).output.send(frame), false);
  });
});
