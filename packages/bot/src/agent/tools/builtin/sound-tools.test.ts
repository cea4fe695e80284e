import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, guildA } from '../../../testing/index.ts';
import { ToolsRig } from '../../testing/tools-rig.ts';

const halo = (title: string) => ({ title, score: 1, source: { kind: 'file', path: `/m/${title}` } as const });

test('music is played, queued and controlled by what people say', async () => {
  await using the = await ToolsRig.live({ findMusic: (asked) => [halo(asked)] });
  const json = async (name: string, args?: unknown) => JSON.parse((await the.call(name, args)).result ?? 'null');
  assert.deepEqual(await json('play_music', { what: 'Halo' }), { comesNow: 'Halo' });
  assert.deepEqual(await json('play_music', { what: 'Help' }), { queued: 'Help', place: 1 });
  assert.deepEqual(await json('play_music', { what: 'Glory', when: 'next' }), { queued: 'Glory', place: 1 });
  assert.deepEqual((await json('music_queue')).queue, ['Glory', 'Help']);
  assert.equal((await json('music_now_playing')).title, 'Halo');
  assert.deepEqual(await json('music_skip'), { skipped: 'Halo', next: 'Glory' });
  assert.equal((await the.call('music_volume', { percent: 20 })).result, '20 percent');
  assert.equal((await the.call('music_volume', { percent: 101 })).error, 'arguments_invalid');
  assert.equal((await the.call('music_pause')).result, 'held');
  assert.equal((await the.call('music_resume')).error, 'refused', 'the audio process has not said that it is held');
  assert.equal((await the.call('music_stop')).result, 'ended');
  await the.rig.drive(the.rig.background.settled());
  assert.equal((await the.call('music_stop')).error, 'refused');
  assert.equal((await the.call('music_now_playing')).result, 'nothing plays');
});

test('where several fit the model is told so, and who asked has the buttons', async () => {
  await using the = await ToolsRig.live({ findMusic: () => [halo('Halo'), halo('Halo live')] });
  const { result = '' } = await the.call('play_music', { what: 'halo' }, [bob]);
  assert.deepEqual(JSON.parse(result).severalFit, ['Halo', 'Halo live']);
  await the.rig.until('asked', () => the.rig.discord.said('agent_question').length === 1);
  const [question] = the.rig.discord.said('agent_question');
  assert.ok(question?.kind === 'agent_question');
  assert.deepEqual(question.details.userIds, [bob]);
});

test('music that is not found is a failure the model hears of', async () => {
  await using the = await ToolsRig.live();
  assert.equal((await the.call('play_music', { what: 'halo' })).error, 'not_found');
  assert.equal((await the.call('music_skip')).error, 'refused');
});

test('a sound is played as the server lets it be, and what there is can be asked', async () => {
  await using the = await ToolsRig.live();
  assert.deepEqual(JSON.parse((await the.call('play_soundboard', { name: '' })).result ?? ''), {
    sounds: ['Air Horn', 'Sad Trombone'],
  });
  assert.equal((await the.call('play_soundboard', { name: 'air horn' })).result, 'played: Air Horn');
  assert.match((await the.call('play_soundboard', { name: 'air horn' })).message ?? '', /^too_often: /);
  const unknown = await the.call('play_soundboard', { name: 'kazoo' });
  assert.equal(unknown.error, 'not_found');
  assert.match(unknown.message ?? '', /Sad Trombone/);
  await the.rig.services.store.guildSettings.set(guildA, { soundboard: false });
  the.rig.coordinator.settingsChanged(guildA);
  await the.rig.drive(the.rig.background.settled());
  assert.match((await the.call('play_soundboard', { name: 'sad trombone' })).message ?? '', /^disabled: /);
  assert.equal(the.soundboard.played.length, 1);
});

test('every use of a tool is counted by its outcome, and an unknown one is named no label', async () => {
  await using the = await ToolsRig.live();
  await the.call('who_is_here');
  await the.call('note', { text: 'x' }, []);
  await the.call('rm_rf', {}, [alice]);
  const counted = await the.rig.services.metrics.registry.getSingleMetricAsString('parley_tool_calls_total');
  assert.match(counted, /tool="who_is_here",outcome="done"\} 1/);
  assert.match(counted, /tool="note",outcome="not_permitted"\} 1/);
  assert.match(counted, /tool="unknown",outcome="unknown_tool"\} 1/);
  assert.doesNotMatch(counted, /rm_rf/);
});

test('the tools have names a model takes, each once, and say what they are for', async () => {
  await using the = await ToolsRig.live();
  const names = the.tools.definitions.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, description, parameters } of the.tools.definitions) {
    assert.match(name, /^[a-z_]{3,64}$/);
    assert.ok(description.length > 10 && description.length < 400, name);
    assert.equal(parameters.type, 'object');
  }
});
