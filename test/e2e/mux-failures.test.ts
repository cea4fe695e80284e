import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { opusinfoComplaints } from '../lib/audio.ts';
import { BotOnSim, readSession } from '../lib/bot-on-sim.ts';
import { FfmpegWrapper, ffmpegFailure } from '../lib/ffmpeg-wrapper.ts';
import { need } from '../lib/need.ts';
import { parleyMux } from '../lib/recording-files.ts';
import { temporaryFolder } from '../lib/temporary-folder.ts';
import { gone, told } from '../lib/watching.ts';

test(
  'leaving does not wait for the mix; a mix that fails says why, keeps the tracks, and is repaired by parley-mux',
  need('ffmpeg', 'opusinfo'),
  async (t) => {
    await using tools = await temporaryFolder('ffmpeg');
    const ffmpeg = await FfmpegWrapper.make(tools.path, 'wait');
    await using call = await BotOnSim.start({}, { FFMPEG_PATH: ffmpeg.path, PARLEY_MIX_ENGINE: 'ffmpeg' });
    const ada = call.guild.addPerson({ username: 'ada' });
    await ada.join(call.voice);
    const record = async (): Promise<string> => {
      const folder = await call.join(ada);
      await ada.speak({ tone: 440, ms: 700 });
      return folder;
    };

    const slow = await record();
    const from = call.text.messages.length;
    await ada.type(call.text, '!leave');
    await told(call, /^Leaving/, { from });
    await gone(call);
    await call.logged('mux started');
    await call.logged('session ended');
    // The mixer hangs, and Parley comes again all the same.
    const broken = await record();
    assert.equal((await readSession(slow)).status, 'muxing');
    const slowMuxed = call.muxed();
    await ffmpeg.is('work');
    await slowMuxed;
    assert.equal((await readSession(slow)).status, 'completed');
    await call.text.waitFor(({ attachments }) => attachments.length === 1);

    await ffmpeg.is('fail');
    const brokenMuxed = call.muxed();
    await ada.type(call.text, '!leave');
    await brokenMuxed;
    const failed = await readSession(broken);
    assert.deepEqual([failed.status, failed.outputFile], ['failed', null]);
    assert.match(failed.error ?? '', new RegExp(`^ffmpeg_failed: .*${ffmpegFailure}`, 's'));
    const words = await told(call, /The mix failed/);
    assert.match(words.content, /Every track is safe/);
    assert.match(words.content, /on fire/);
    await gone(call);

    const without = await record();
    await rm(ffmpeg.path);
    const withoutMuxed = call.muxed();
    await ada.type(call.text, '!leave');
    await withoutMuxed;
    const missing = await readSession(without);
    assert.deepEqual([missing.status, missing.outputFile], ['failed', null]);
    assert.match(missing.error ?? '', /^ffmpeg_missing: FFMPEG_PATH is/);
    await told(call, /The mix failed: .*FFMPEG_PATH is/);

    for (const folder of [broken, without]) {
      const { track, mix } = recordingLayout(folder);
      assert.deepEqual(await opusinfoComplaints(track(ada.userId)), []);
      assert.equal(existsSync(mix), false);
      const repaired = await parleyMux(folder);
      assert.equal(repaired.exitCode, 0, repaired.stderr);
      const { status, outputFile, error } = await readSession(folder);
      assert.deepEqual([status, outputFile, error], ['completed', 'full.ogg', undefined]);
      assert.deepEqual(await opusinfoComplaints(mix), []);
      const verified = await parleyMux(folder, '--verify');
      assert.equal(verified.exitCode, 0, verified.stdout);
    }
    t.diagnostic(`${(await ffmpeg.runs()).length} runs of ffmpeg by the bot`);
  },
);
