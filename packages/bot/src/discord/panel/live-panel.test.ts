import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtocolError } from '@parley/protocol';
import { settle } from '@parley/protocol/testing';
import { compose } from '../../notify/index.ts';
import { pauseRecording, recordingOff, recordingOn } from '../../session/recording/recording-switch.ts';
import { alice, bob, guildA, SessionRig, voiceA, voiceA2 } from '../../testing/index.ts';
import { editIntervalMs } from '../throttled-message.ts';
import { closeLeftPanels, LivePanel, refreshMs } from './live-panel.ts';
import { PanelBook } from './panel-book.ts';
import type { PanelDetails } from './panel-view.ts';

const start = async (rig: SessionRig) => {
  rig.discord.put(alice, voiceA);
  const outcome = await rig.join();
  if (outcome.kind !== 'joined') assert.fail(JSON.stringify(outcome));
  const { clock, services } = rig;
  const { logger, background, discord, store } = services;
  const book = await rig.drive(PanelBook.open(store, logger));
  const panels = { clock, logger, background, discord, book, hasPages: true };
  const shown = (): PanelDetails[] => rig.discord.said('live_panel').map(({ details }) => details as PanelDetails);
  return { session: outcome.session, panels, shown };
};
const labels = (details: PanelDetails | undefined): (string | undefined)[] =>
  details
    ? compose({ kind: 'live_panel', details }).components.flatMap((row) => row.components.map((one) => one.label))
    : [];

test('the notice becomes the panel: state, people, events, buttons; edits at least 5 s apart', async () => {
  await using rig = await SessionRig.start();
  const { session, panels, shown } = await start(rig);
  using panel = new LivePanel(panels, session);
  await settle();
  assert.deepEqual([shown().length, shown()[0]?.state, shown()[0]?.recorded], [1, 'recording', [alice]]);
  assert.deepEqual(labels(shown()[0]), ['Stop', 'Pause', 'Note', 'Opt out', 'My link']);
  assert.equal(rig.discord.said('recording_notice').length, 1, 'no message more');

  session.voiceState(rig.discord.put(bob, voiceA), voiceA);
  await rig.drive(pauseRecording(session));
  session.announcer.happened({ kind: 'note_kept', details: { text: 'the dice fall', userId: bob, atMs: 1000 } });
  await settle();
  assert.equal(shown().length, 1, 'not yet');
  rig.clock.advance(editIntervalMs);
  await settle();
  const paused = shown()[1];
  assert.deepEqual([shown().length, paused?.state, paused?.recorded], [2, 'paused', [alice, bob]]);
  assert.deepEqual(labels(paused), ['Stop', 'Resume', 'Note', 'Opt out', 'My link']);
  assert.match(paused?.events.at(-1)?.text ?? '', /the dice fall/);
  assert.match(compose({ kind: 'live_panel', details: paused as PanelDetails }).content, /nothing is stored now/);
  rig.clock.advance(refreshMs);
  await settle();
  assert.ok(shown().length > 2, 'it is looked after when nothing happens');
  panel[Symbol.dispose]();
});

test('the end closes it, and so does a new notice the one before', async () => {
  await using rig = await SessionRig.start();
  const { session, panels, shown } = await start(rig);
  const panel = new LivePanel(panels, session);
  await rig.drive(recordingOff(session, rig.services));
  await rig.drive(recordingOn(session, rig.services, new AbortController().signal));
  await settle();
  assert.ok(
    shown().some(({ state }) => state === 'ended'),
    'the first notice',
  );
  assert.equal(panels.book.all.get(guildA)?.sessionId, session.sessionId);
  void session.ended.then(() => panel[Symbol.dispose]());
  await rig.drive(rig.coordinator.end(session, 'requested'), 100);
  await rig.drive(rig.background.settled());
  const last = shown().at(-1);
  assert.equal(last?.state, 'ended');
  assert.deepEqual(labels(last), []);
  assert.equal(panels.book.all.size, 0);
});

test('after a change of the channel the new notice stays until its recording runs, and the old panel ends in its own channel', async () => {
  await using rig = await SessionRig.start();
  const { session, panels, shown } = await start(rig);
  using _ = new LivePanel(panels, session);
  await settle();
  const before = shown().length;
  session.voiceState(rig.discord.put(alice, voiceA2), voiceA2);
  const moved = await rig.join();
  assert.equal(moved.kind, 'switched');
  await rig.drive(rig.background.settled());
  const [ended, running] = shown()
    .slice(before)
    .toSorted((one, other) => one.state.localeCompare(other.state));
  assert.equal(shown().length, before + 2, 'at once, not when the panel is looked after');
  assert.deepEqual([ended?.state, ended?.channelId], ['ended', voiceA]);
  assert.deepEqual([running?.state, running?.channelId], ['recording', voiceA2]);
});

test('a recording that could not begin after its notice is said to be off', async () => {
  let starts = 0;
  const begin = () => {
    starts += 1;
    if (starts > 1) throw new ProtocolError('internal', 'no');
    return { sample: 10 };
  };
  await using rig = await SessionRig.start({ scripts: [{ on: { 'recording.start': begin } }] });
  const { session, panels, shown } = await start(rig);
  using _ = new LivePanel(panels, session);
  await rig.drive(recordingOff(session, rig.services));
  await assert.rejects(rig.drive(recordingOn(session, rig.services, new AbortController().signal)));
  await rig.drive(rig.background.settled());
  assert.equal(rig.discord.said('recording_notice').length, 2);
  assert.equal(shown().at(-1)?.state, 'off');
});

test('another supervisor goes on with the panel of a session it revives, and closes those of others', async () => {
  await using rig = await SessionRig.start();
  const { session, panels, shown } = await start(rig);
  const first = new LivePanel(panels, session);
  await settle();
  const entry = panels.book.all.get(guildA);
  assert.ok(entry);
  const { book: _, ...rest } = panels;
  const book = await rig.drive(PanelBook.open(rig.services.store, rest.logger));
  assert.deepEqual(book.all.get(guildA), entry, 'it was kept');

  const before = shown().length;
  await rig.drive(closeLeftPanels({ ...rest, book }, (sessionId) => sessionId === session.sessionId));
  assert.equal(shown().length, before, 'it lives');
  await rig.drive(closeLeftPanels({ ...rest, book }, () => false));
  assert.deepEqual([shown().length, shown().at(-1)?.state], [before + 1, 'ended']);
  assert.equal(book.all.size, 0);
  first[Symbol.dispose]();
});

test('a panel somebody deleted is not edited again', async () => {
  await using rig = await SessionRig.start();
  const { session, panels } = await start(rig);
  const gone = Object.assign(new Error('Unknown Message'), { code: 10_008 });
  let edits = 0;
  const { notice } = session.announcer;
  assert.ok(notice);
  Object.assign(notice.sent, {
    edit: async () => {
      edits += 1;
      throw gone;
    },
  });
  using panel = new LivePanel(panels, session);
  await settle();
  assert.equal(edits, 1);
  rig.clock.advance(10 * refreshMs);
  await settle();
  assert.equal(edits, 1);
  panel[Symbol.dispose]();
});
