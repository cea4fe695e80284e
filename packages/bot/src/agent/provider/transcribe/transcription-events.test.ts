import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitOrder } from './commit-order.ts';
import { TranscriptionEvents } from './transcription-events.ts';

const rig = () => {
  const order = new CommitOrder();
  const told: string[] = [];
  const events = new TranscriptionEvents({
    order,
    isReady: () => true,
    ready: () => told.push('ready'),
    close: (code) => told.push(`close ${code}`),
    garbage: () => told.push('garbage'),
    partial: (id, text) => told.push(`${id}~${text}`),
    final: (id, { text }) => told.push(`${id}=${text}`),
    failed: (id, code) => told.push(`${id}!${code}`),
    warning: (code) => told.push(`warning ${code}`),
  });
  const about = (kind: string, item: string, fields: object = {}): void =>
    events.hear({ type: `conversation.item.input_audio_transcription.${kind}`, item_id: item, ...fields });
  return { order, told, events, about };
};

test('what is understood before its commit is known is told as soon as it is', () => {
  const { order, told, events, about } = rig();
  order.commit('p1');
  order.commit('p2');
  about('completed', 'i2', { transcript: ' two ' });
  about('completed', 'i1', { transcript: 'one' });
  events.hear({ type: 'input_audio_buffer.committed', item_id: 'i2', previous_item_id: 'i1' });
  assert.deepEqual(told, []);
  events.hear({ type: 'input_audio_buffer.committed', item_id: 'i1', previous_item_id: null });
  assert.deepEqual(told.toSorted(), ['p1=one', 'p2=two']);
});

test('partials grow, a final comes once, and nothing follows it', () => {
  const { order, told, events, about } = rig();
  order.commit('p1');
  events.hear({ type: 'input_audio_buffer.committed', item_id: 'i1', previous_item_id: null });
  about('delta', 'i1', { delta: 'the' });
  about('delta', 'i1', { delta: ' king' });
  about('completed', 'i1', { transcript: 'the king' });
  about('completed', 'i1', { transcript: 'the king' });
  about('delta', 'i1', { delta: ' again' });
  assert.deepEqual(told, ['p1~the', 'p1~the king', 'p1=the king']);
});

test('an error names its piece, ends the socket, or is a warning', () => {
  const { order, told, events } = rig();
  order.commit('p1');
  order.commit('p2');
  const fail = (error: object): void => events.hear({ type: 'error', error });
  fail({ code: 'invalid_value', message: '', event_id: 'p2' });
  fail({ code: 'input_audio_buffer_commit_empty', message: '' });
  fail({ code: 'server_error', message: '' });
  fail({ code: 'invalid_api_key', message: '' });
  events.hear({ no: 'type' });
  assert.deepEqual(told, [
    'warning invalid_value',
    'p2!invalid_value',
    'warning input_audio_buffer_commit_empty',
    'p1!input_audio_buffer_commit_empty',
    'warning server_error',
    'close key_refused',
    'garbage',
  ]);
});

test('sessions of the beta are ready too, and what is of no use is passed over', () => {
  const { told, events } = rig();
  for (const type of ['session.created', 'transcription_session.updated', 'rate_limits.updated']) events.hear({ type });
  assert.deepEqual(told, ['ready']);
});
