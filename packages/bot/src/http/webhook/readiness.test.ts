import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Readiness, type ReadinessFacts, readinessOf, transcriptWaitMs } from './readiness.ts';

const usual: ReadinessFacts = {
  status: 'completed',
  folderExists: true,
  erasures: 0,
  transcript: 'none',
  transcribes: false,
  waitedMs: 0,
};

const cases: Record<string, readonly [Partial<ReadinessFacts>, Readiness]> = {
  'that is mixed': [{}, 'ready'],
  'that is mixed in part': [{ status: 'partial' }, 'ready'],
  'in which nobody spoke': [{ status: 'empty', transcribes: true }, 'ready'],
  'that could not be mixed': [{ status: 'failed', transcribes: true }, 'ready'],
  'that runs': [{ status: 'recording' }, 'unmixed'],
  'that is being mixed': [{ status: 'muxing' }, 'unmixed'],
  'whose file the mixer makes again': [{ status: null }, 'unmixed'],
  'that was deleted': [{ status: null, folderExists: false }, 'deleted'],
  'of which somebody is being erased': [{ erasures: 1 }, 'later'],
  'whose transcript is not asked for yet': [{ transcribes: true }, 'later'],
  'whose transcript waits': [{ transcribes: true, transcript: 'queued' }, 'later'],
  'whose transcript is being made': [{ transcribes: true, transcript: 'running' }, 'later'],
  'whose transcript is there': [{ transcribes: true, transcript: 'done' }, 'ready'],
  'whose transcript failed': [{ transcribes: true, transcript: 'failed' }, 'ready'],
  'whose transcript takes more than a day': [{ transcribes: true, waitedMs: transcriptWaitMs }, 'ready'],
  'whose transcript was queued and is made no more': [{ transcript: 'queued' }, 'ready'],
};
for (const [name, [facts, readiness]] of Object.entries(cases))
  test(`of a recording ${name}, the webhook is ${readiness}`, () => {
    assert.equal(readinessOf({ ...usual, ...facts }), readiness);
  });
