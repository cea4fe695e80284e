import assert from 'node:assert/strict';
import { test } from 'node:test';
import { billingOf, defaultModel, modelOf, models } from './model-table.ts';
import { modelWarnings } from './model-warnings.ts';

const at = (day: string): number => Date.parse(`${day}T12:00:00Z`);

test('a model is warned of from 90 days before its end, and is retired on its day', () => {
  const used = [{ provider: 'openai', role: 'realtime', id: 'gpt-realtime' }] as const;
  for (const [day, code] of [
    ['2026-10-01', undefined],
    ['2026-10-21', undefined],
    ['2026-10-22', 'model_retiring'],
    ['2027-01-19', 'model_retiring'],
    ['2027-01-20', 'model_retired'],
    ['2028-01-01', 'model_retired'],
  ] as const) {
    const [warning] = modelWarnings(used, at(day));
    assert.equal(warning?.code, code, day);
    if (warning !== undefined) assert.match(warning.message, /2027-01-20.*gpt-realtime-2\.1/);
  }
});

test('models nobody knows and models without an end are not warned of; one in a wrong place is', () => {
  assert.deepEqual(modelWarnings([{ provider: 'openai', role: 'realtime', id: 'my-own' }], at('2030-01-01')), []);
  assert.deepEqual(modelWarnings([{ provider: 'xai', role: 'realtime', id: '' }], at('2030-01-01')), []);
  const [wrong] = modelWarnings([{ provider: 'openai', role: 'realtime', id: 'gpt-transcribe' }], at('2026-11-21'));
  assert.equal(wrong?.code, 'model_wrong_role');
});

test('every default and every successor is in the table, for what it is used for, and has no earlier end', () => {
  for (const provider of ['openai', 'xai', 'gemini', 'elevenlabs'] as const) {
    for (const role of [
      'realtime',
      'input_transcription',
      'live_transcription',
      'file_transcription',
      'speech',
    ] as const) {
      const id = defaultModel(provider, role);
      if (id !== null) assert.ok(modelOf(provider, id)?.roles.includes(role), `${provider} ${role}`);
    }
  }
  for (const model of models) {
    if (model.replacement === null) continue;
    const next = modelOf(model.provider, model.replacement);
    assert.ok(next !== null, `${model.id} → ${model.replacement}`);
    assert.ok(next.shutdownDate === null || next.shutdownDate > (model.shutdownDate ?? ''), model.id);
  }
});

test('each id stands in the table once', () => {
  const ids = models.map(({ provider, id }) => `${provider} ${id}`);
  assert.equal(new Set(ids).size, ids.length);
});

test('a model without a known price counts as the dearest of its kind', () => {
  const unknown = billingOf('openai', 'realtime', 'gpt-realtime-99');
  assert.ok(unknown?.per === 'token' && unknown.usdPerMillion.outputAudio === 80);
  assert.deepEqual(billingOf('xai', 'realtime', 'grok-99'), { per: 'minute', of: 'open_time', usd: 0.08 });
  assert.equal(billingOf('xai', 'speech', 'anything'), null);
});
