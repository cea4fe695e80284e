import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closeAction } from './close-codes.ts';

const table: [number, string][] = [
  [1000, 'resume_failed'],
  [1001, 'resume_failed'],
  [1006, 'resume_failed'],
  [4001, 'new_session'],
  [4003, 'new_session'],
  [4004, 'terminal authentication_failed'],
  [4006, 'new_session'],
  [4009, 'new_session'],
  [4011, 'terminal server_not_found'],
  [4012, 'terminal unknown_protocol'],
  [4014, 'await_voice_state'],
  [4015, 'resume_failed'],
  [4016, 'terminal unknown_encryption_mode'],
  [4017, 'terminal encryption_required'],
  [4020, 'new_session'],
  [4021, 'retry_once'],
  [4022, 'await_voice_state'],
  [4999, 'new_session'],
];

describe('closeAction', () => {
  for (const [code, expected] of table) {
    it(`takes ${code} as ${expected}`, () => {
      const action = closeAction(code);
      assert.equal(action.kind === 'terminal' ? `terminal ${action.reason}` : action.kind, expected);
    });
  }
});
