import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verbosity } from '../config/guild-settings.ts';
import { denialReasons, deny } from '../policy/denial.ts';
import { compose, maxContentLength } from './compose.ts';
import { refusalReason } from './refusal-reason.ts';
import { type SessionEndReason, sessionEndReasons } from './session-end-reason.ts';
import { channelId, denials, ended, kinds, prefix, sample, samples } from './testing/message-samples.ts';
import type { UserMessage } from './user-message.ts';
import { shouldSend } from './verbosity.ts';
import { quoted } from './words.ts';

for (const kind of kinds)
  test(`${kind} is said in plain words and mentions nobody`, () => {
    const { content, allowedMentions } = compose(sample(kind));
    assert.ok(content.length > 10 && content.length <= maxContentLength, content);
    assert.doesNotMatch(content, /undefined|null|NaN|\[object/);
    assert.doesNotMatch(content, /@everyone|@here/);
    assert.deepEqual(allowedMentions, { parse: [] });
  });

test('every reason of a refusal has its own words', () => {
  assert.deepEqual([...new Set(denials.map(({ reason }) => reason))], denialReasons);
  const texts = denials.map((denial) => compose({ kind: 'join_refused', details: { denial, prefix } }).content);
  assert.equal(new Set(texts).size, texts.length);
  const names = /`[\w.]+`/g; // of settings and their values, which may hold underscores
  for (const text of texts) assert.doesNotMatch(text.replaceAll(names, ''), /undefined|null|NaN|\[object|_/);
  assert.match(texts.at(-5) ?? '', /\*\*View Channel\*\* and \*\*Connect\*\*/);
  assert.match(texts.at(-1) ?? '', /`the voice connection was not ready in time` \(connect\)/);
});

test('every end of a session has its own words and says what becomes of the recording', () => {
  const reasons = Object.keys(sessionEndReasons) as SessionEndReason[];
  const texts = reasons.map((reason) => compose(ended(reason)).content);
  assert.equal(new Set(texts).size, reasons.length);
  for (const text of texts) assert.match(text, /The recording \(1 h 5 min\) is safe and is being mixed\.$/);
  assert.match(compose(ended('alone', false)).content, /There is no recording of it\.$/);
});

test('the notice says who asked, how to refuse, who may end it and how long it is kept', () => {
  const notice = samples.recording_notice;
  const say = (change: Partial<typeof notice>): string =>
    compose({ kind: 'recording_notice', details: { ...notice, ...change } }).content;
  const text = say({});
  for (const part of [
    /<#300000000000000001>/,
    /<@200000000000000001>/,
    /`\/parley optout` \(or `!optout`\)/,
    /`!leave`/,
    /deleted after 30 days/,
  ])
    assert.match(text, part);
  assert.match(say({ retentionDays: 0 }), /kept until somebody deletes it/);
  assert.doesNotMatch(text, /written down/);
  assert.match(
    say({ transcribedBy: 'asr.example' }),
    /may be written down afterwards by `asr\.example`; .*optout transcribed/,
  );
  assert.match(say({ retentionDays: 1 }), /after 1 day\. `\/parley forget-me` .* deletes what there is of you/);
  assert.match(say({ retentionDays: 1, retentionGigabytes: 5 }), /after 1 day, or earlier when all .* more than 5 GB/);
  assert.match(say({ consentMode: 'opt_in' }), /Only people who say yes are recorded: `\/parley optin`/);
  assert.match(say({ maySpeak: false }), /may not speak/);
  assert.match(say({ notRecorded: Array.from({ length: 30 }, (_, n) => String(n)) }), /and 10 more/);
});

test('what is said of a join and of a delivery is what happened', () => {
  assert.match(compose({ kind: 'joining', details: samples.joining }).content, /^Recording in /);
  assert.doesNotMatch(compose({ kind: 'delivery_on_host', details: samples.delivery_on_host }).content, /large/);
});

test('a setting of the installation says that it takes a restart, one of a server that it takes none', () => {
  const details = {
    ...samples.setting_refused,
    problem: 'of_installation',
    key: 'http.port',
    env: 'PARLEY_HTTP_PORT',
  } as const;
  const { content } = compose({ kind: 'setting_refused', details });
  assert.match(content, /`PARLEY_HTTP_PORT` and starts it again/);
  assert.match(compose(sample('setting_stored')).content, /from now on/);
});

test('text from outside can neither format nor break out', () => {
  const { content } = compose({
    kind: 'unknown_command',
    details: { typed: '`**x**`\n@everyone <@&1>', nearest: null, prefix },
  });
  assert.equal(content, 'I do not know `! **x** @everyone <@&1>`. `/parley help` (or `!help`) lists what there is.');
  assert.equal(quoted('```'), '` `');
});

test('a text that is too long is cut, never inside a character', () => {
  const commands = Array.from({ length: 100 }, (_, n) => ({ name: `c${n}`, usage: '', says: '😀'.repeat(20) }));
  for (let extra = 0; extra < 4; extra += 1) {
    const { content } = compose({ kind: 'help', details: { prefix: '!'.repeat(1 + extra), commands } });
    assert.ok(content.length <= maxContentLength && content.endsWith('…') && content.isWellFormed());
  }
});

for (const [url, fits] of [
  ['https://parley.example/sign-in/x', true],
  ['http://parley.home.arpa:8080/', true],
  ['http://localhost:8787/', false],
  ['http://127.0.0.1:8787/', false],
  ['http://[::1]:8787/', false],
  [`https://parley.example/${'x'.repeat(512)}`, false],
] as const)
  test(`${url.slice(0, 40)} ${fits ? 'stands on a button' : 'is written out'}`, () => {
    const { content, components } = compose({ kind: 'page_link', details: { ...samples.page_link, url } });
    assert.equal(content.includes(`<${url}>`), !fits);
    const link = { type: 2, label: 'Open my recordings', style: 5, url };
    assert.deepEqual(components, fits ? [{ type: 1, components: [link] }] : []);
  });

test('a message in the channel has a button to the recording and no link', () => {
  const page = '100000000000000001-300000000000000001-20270115T080000000Z';
  for (const message of [
    { kind: 'session_ended', details: { ...samples.session_ended, page } },
    { kind: 'mux_finished', details: { ...samples.mux_finished, page } },
  ] as const) {
    const { content, components } = compose(message);
    assert.doesNotMatch(content, /https?:/);
    const [button] = components.flatMap((row) => row.components);
    assert.deepEqual(button, { type: 2, label: 'Open the recording', style: 1, custom_id: `parley:run:web ${page}` });
  }
  assert.deepEqual(compose(sample('mux_finished')).components, []);
});

test('the personal button opens for one person', () => {
  const { components } = compose(sample('personal_button'));
  assert.deepEqual(components, [
    { type: 1, components: [{ type: 2, style: 2, label: 'Show me', custom_id: 'personal:1' }] },
  ]);
  assert.deepEqual(compose(sample('help')).components, []);
});

const refusal = sample('join_refused');
const alreadyHere: UserMessage = {
  kind: 'join_refused',
  details: { denial: deny('already_in_channel', { voiceChannelId: channelId }), prefix },
};
const matrix: readonly (readonly [string, UserMessage, Readonly<Record<Verbosity, boolean>>])[] = [
  ['a refusal', refusal, { all: true, essential: true, minimal: true, none: true }],
  ['a refusal that need not be told', alreadyHere, { all: true, essential: false, minimal: false, none: false }],
  ['the notice', sample('recording_notice'), { all: true, essential: true, minimal: true, none: true }],
  [
    'the notice to a late joiner',
    sample('late_joiner_notice'),
    { all: true, essential: true, minimal: true, none: true },
  ],
  ['an opt-out', sample('optout_confirmed'), { all: true, essential: true, minimal: true, none: true }],
  ['the recording itself', sample('delivered_file'), { all: true, essential: true, minimal: true, none: true }],
  ['an answer', sample('status_offline'), { all: true, essential: true, minimal: true, none: false }],
  ['an end that was asked for', ended('requested'), { all: true, essential: true, minimal: true, none: false }],
  ['an end nobody wanted', ended('disk_full'), { all: true, essential: true, minimal: true, none: false }],
  ['an end by a shutdown', ended('shutdown'), { all: true, essential: true, minimal: true, none: false }],
  ['an end nobody is there for', ended('alone'), { all: true, essential: true, minimal: false, none: false }],
  ['a gap', sample('gap_voxproc'), { all: true, essential: true, minimal: true, none: false }],
  ['an end that is near', sample('max_duration_near'), { all: true, essential: true, minimal: true, none: false }],
  ['the course of things', sample('server_muted'), { all: true, essential: true, minimal: false, none: false }],
  ['an aside', sample('mux_progress'), { all: true, essential: false, minimal: false, none: false }],
];
for (const [what, message, expected] of matrix)
  test(`verbosity: ${what}`, () => {
    for (const verbosity of ['all', 'essential', 'minimal', 'none'] as const)
      assert.equal(shouldSend(message, verbosity), expected[verbosity], verbosity);
  });

test('what is refused is said at every verbosity, and has a reason to be counted by', () => {
  const refusals = kinds.filter((kind) => refusalReason(sample(kind)) !== null);
  for (const kind of refusals) assert.equal(shouldSend(sample(kind), 'none'), true, kind);
  for (const kind of kinds.filter((one) => one.endsWith('_refused'))) assert.ok(refusals.includes(kind), kind);
  const reasons = refusals.map((kind) => refusalReason(sample(kind)));
  assert.equal(new Set(reasons).size, reasons.length);
  assert.equal(refusalReason({ kind: 'leaving', details: { channelId } }), null);
});

test('everything is said at verbosity all, and no more at a lower one than at a higher', () => {
  for (const kind of kinds) {
    const said = (['none', 'minimal', 'essential', 'all'] as const).map((verbosity) =>
      shouldSend(sample(kind), verbosity),
    );
    assert.deepEqual(said, said.toSorted(), kind);
    assert.equal(said.at(-1), true, kind);
  }
});
