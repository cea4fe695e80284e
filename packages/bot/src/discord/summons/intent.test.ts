import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIntent, sureEnough } from './intent.ts';

const bot = '900000000000000001';

/** `@P` stands for the mention. `do`: carried out; `ask`: asked about; nothing: not for Parley. */
const cases: readonly (readonly [string, string])[] = [
  ['@P come join us', 'do join'],
  ['@P come join us please!', 'do join'],
  ['@P, join us', 'do join'],
  ['@P join', 'do join'],
  ['@P join the call', 'do join'],
  ['hey @P can you join us?', 'do join'],
  ['@P could you please come here', 'do join'],
  ['@P would you mind recording this', 'do join'],
  ['@P hop in', 'do join'],
  ['@P get in here', 'do join'],
  ['@P come over and record the session', 'do join'],
  ['@P start recording', 'do join'],
  ['@P record us', 'do join'],
  ['@P please record the game now', 'do join'],
  ['we need you to join the voice channel @P', 'do join'],
  ['come join us @P', 'do join'],
  ['come here @P!!', 'do join'],
  ['@P leave', 'do leave'],
  ['@P leave please', 'do leave'],
  ['@P please stop recording', 'do leave'],
  ['@P stop', 'do leave'],
  ['@P stop recording us and leave', 'do leave'],
  ['@P you can leave now, thanks', 'do leave'],
  ['@P go away', 'do leave'],
  ['@P bye', 'do leave'],
  ['@P end the session', 'do leave'],
  ['@P, we are done', 'do leave'],
  ['@P pause', 'do pause'],
  ['@P pause the recording', 'do pause'],
  ['@P stop recording for a moment', 'do pause'],
  ['@P take a break', 'do pause'],
  ['@P resume', 'do resume'],
  ['@P continue recording please', 'do resume'],
  ['@P stop recording me', 'do optout'],
  ['@P don’t record me', 'do optout'],
  ['@P do not record me please', 'do optout'],
  ['@P are you recording?', 'do status'],
  ['@P who is being recorded', 'do status'],
  ['@P what can you do?', 'do help'],
  ['can @P join us?', 'ask join'],
  ['@P join us for the big boss fight', 'ask join'],
  ['@P come join us tomorrow', 'ask join'],
  ['@P leave when we are finished', ''],
  ['@P leave me alone with the dragon for one more round', ''],
  ['@P don’t join', ''],
  ['@P please do not leave', ''],
  ['@P never stop recording', ''],
  ['@P do not stop', ''],
  ['@P you should not join us', ''],
  ['@P no need to come', ''],
  ['let us ask @P to come here some day', ''],
  ['I think @P should leave', ''],
  ['did @P join yesterday?', ''],
  ['@P was great yesterday', ''],
  ['@P joined us again', ''],
  ['why did @P leave?', ''],
  ['he told @P to stop recording', ''],
  ['ada said "leave" to @P', ''],
  ['I love how @P records everything we say here', ''],
  ['when does @P come back', ''],
  ['@P', ''],
  ['@P what is the weather like today', ''],
  ['@P status of the project is bad and everybody knows it by now', ''],
  ['@P recording quality is amazing', ''],
  ['@P <@200000000000000001> wants to know your favourite song', ''],
  ['join us', ''],
  ['', ''],
];

for (const [text, expected] of cases) {
  test(`"${text}" → ${expected || 'nothing'}`, () => {
    const intent = readIntent(text.replaceAll('@P', `<@${bot}>`), bot);
    const said = intent === null ? '' : `${intent.confidence >= sureEnough ? 'do' : 'ask'} ${intent.command}`;
    assert.equal(said, expected, JSON.stringify(intent));
  });
}

test('another bot’s mention is none', () => {
  assert.equal(readIntent('<@900000000000000002> come join us', bot), null);
});

test('a long text costs no time', () => {
  const before = process.cpuUsage();
  assert.equal(readIntent(`<@${bot}> ${'come and '.repeat(20_000)}`, bot), null);
  assert.equal(readIntent(`<@${bot}> ${' '.repeat(100_000)}x ${'@'.repeat(50_000)}`, bot), null);
  assert.ok(process.cpuUsage(before).user < 1_000_000);
});
