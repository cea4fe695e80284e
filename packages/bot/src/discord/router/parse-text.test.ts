import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseText } from './parse-text.ts';

const bot = '900000000000000001';

for (const [content, expected] of [
  ['!join', 'text join'],
  ['! join', 'text join'],
  ['  !JOIN  ', 'text join'],
  ['!join!', 'text join'],
  ['!join now please', 'text join now please'],
  ['join', null],
  ['hello !join', null],
  ['!', null],
  ['!!!', null],
  ['!jion', 'unknown jion → join'],
  ['!leav', 'unknown leav → leave'],
  ['!play something loud', null],
  ['!xyzzy', null],
  ['!optout', 'text optout'],
  ['!optout everywhere', 'text optout everywhere'],
  ['!leave everywhere', 'text leave everywhere'],
  [`<@${bot}> join`, 'mention join'],
  [`<@!${bot}> leave.`, 'mention leave'],
  [`<@${bot}> !status`, 'mention status'],
  [`<@${bot}>`, 'mention help'],
  [`<@${bot}> jon`, 'unknown jon → join'],
  [`<@${bot}> what is this`, 'unknown what → null'],
  [`<@${bot}> what is the weather like today`, null],
  [`<@${bot}> !leave now please`, 'mention leave now please'],
  [`<@${bot}> come join us`, 'intent join'],
  [`<@${bot}> leave me alone with the dragon for one more round`, null],
  [`<@${bot}> record on`, 'mention record on'],
  [`<@${bot}> record us`, 'intent join'],
  [`<@${bot}> note the dice fall`, 'mention note the dice fall'],
  [`<@${bot}> kazoo`, 'unknown kazoo → null'],
  [`please join us <@${bot}>`, 'intent join'],
  [`let us ask <@${bot}> some day`, null],
  ['<@900000000000000002> join', null],
  ['!constructor', null],
  ['!parley optout everywhere', 'text optout everywhere'],
  ['!parley parley parley', null],
  [`<@${bot}> parley status`, 'mention status'],
] as const) {
  test(`"${content}" is ${expected ?? 'not for Parley'}`, () => {
    const request = parseText(content, '!', bot);
    const said =
      request === null
        ? null
        : request.kind === 'unknown'
          ? `unknown ${request.typed} → ${request.nearest}`
          : request.kind === 'intent'
            ? `intent ${request.command.name}`
            : `${request.via} ${request.command.name}${request.rest === '' ? '' : ` ${request.rest}`}`;
    assert.equal(said, expected);
  });
}
