import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf, keepsFacts } from './facts.ts';

const ended = 'I have left <#300000000000000001>. The recording (1 h 5 min) is safe and is being mixed.';

for (const [what, original, rephrased, expected] of [
  ['other words', ended, 'Gone from <#300000000000000001>! Your 1 h 5 min are safe; I mix them now.', true],
  ['the same words', ended, ended, true],
  ['a number lost', ended, 'Gone from <#300000000000000001>! Your 1 h are safe.', false],
  ['a number changed', ended, 'Gone from <#300000000000000001>! Your 1 h 6 min are safe.', false],
  ['a number added', ended, 'Gone from <#300000000000000001> after 1 h 5 min, in 3 files.', false],
  ['the channel lost', ended, 'Gone! Your 1 h 5 min are safe.', false],
  ['somebody added', ended, '<@2> is sad: gone from <#300000000000000001> after 1 h 5 min.', false],
  ['a link lost', 'Here: https://a.example/x?y=1', 'Here it is.', false],
  ['a link changed', 'Here: https://a.example/x', 'Here: https://b.example/x', false],
  ['a link added', 'Here.', 'Here: https://b.example/x', false],
  ['a command lost', 'Type `/join` (or `!join`).', 'Call me with `/join`.', false],
  ['everybody called', 'Hello there.', '@everyone hello there.', false],
  ['nothing', ended, '  ', false],
  ['a speech', 'Hello there.', 'hello '.repeat(60), false],
] as const) {
  test(`${what}: ${expected ? 'taken' : 'refused'}`, () => {
    assert.equal(keepsFacts(original, rephrased), expected);
  });
}

test('what is inside of another fact is not one of its own', () => {
  assert.deepEqual(
    [...factsOf('<@12> `!join 3` at https://a.example/4: 5.5 s, 5.5 s')],
    [
      ['<@12>', 1],
      ['https://a.example/4:', 1],
      ['`!join 3`', 1],
      ['5.5', 2],
    ],
  );
});
