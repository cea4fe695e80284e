import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tally } from './tally.ts';

test('received is written and dropped at all times, in the parent as well', () => {
  const total = new Tally();
  const tally = new Tally(total);
  for (let index = 0; index < 5; index += 1) tally.wrote();
  tally.drop('late');
  tally.drop('opted_out', 3);
  tally.drop('empty', 0);
  tally.lose(2);
  tally.unwrite(2);
  for (const { received, written, dropped, lost } of [tally, total]) {
    assert.deepEqual(
      { received, written, dropped, lost },
      {
        received: 9,
        written: 3,
        dropped: { late: 1, opted_out: 3, disk_failed: 2 },
        lost: 2,
      },
    );
  }
});
