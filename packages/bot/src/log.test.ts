import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsFields } from './config/fields.ts';
import { createLogger, reemitChildLine, textGate } from './log.ts';

const token = 'MTAwMDAwMDAwMDAwMDAwMDAx.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB';

const capture = (options: { logSpeech?: boolean; token?: string } = {}) => {
  const text: string[] = [];
  const logger = createLogger(
    { logLevel: 'trace', logSpeech: options.logSpeech ?? false, discord: { token: options.token ?? token } },
    { write: (line: string) => void text.push(line) },
  );
  return { logger, text, last: () => JSON.parse(text.at(-1) ?? '{}') as Record<string, unknown> };
};

test('children carry who and where', () => {
  const { logger, last } = capture();
  logger.child({ guildId: '1', sessionId: 's' }).info({ userId: '2' }, 'joined');
  const { guildId, sessionId, userId, msg, proc } = last();
  assert.deepEqual(
    { guildId, sessionId, userId, msg, proc },
    { guildId: '1', sessionId: 's', userId: '2', msg: 'joined', proc: 'bot' },
  );
});

const leaks: readonly (readonly [string, (logger: ReturnType<typeof capture>['logger']) => void])[] = [
  ['under a telling key', (logger) => logger.info({ discord: { token: 'short-one' } }, 'x')],
  ['under a key in a list', (logger) => logger.info({ items: [{ authorization: 'short-one' }] }, 'x')],
  ['under a camel-case key', (logger) => logger.info({ openaiApiKey: 'short-one' }, 'x')],
  ['in a child binding', (logger) => logger.child({ secret: 'short-one' }).info('x')],
  ['in a message', (logger) => logger.info(`connecting with ${token}`)],
  ['in an error and its stack', (logger) => logger.error({ err: new Error(`401 for ${token}`) }, 'x')],
  ['in an error’s cause', (logger) => logger.error({ err: new Error('a', { cause: new Error(token) }) }, 'x')],
  ['in a header value', (logger) => logger.info({ headers: { 'x-any': `Bot ${token}` } }, 'x')],
];
for (const [where, log] of leaks)
  test(`a secret never reaches the log: ${where}`, () => {
    const { logger, text } = capture();
    log(logger);
    assert.equal(text.length, 1);
    assert.doesNotMatch(text.join(''), /short-one|abcdefghijklmnopqrstuvwxyz/);
    assert.match(text.join(''), /\[redacted\]/);
  });

/** Settings in which only this path is set. */
const settingsWith = (path: string, value: string): Parameters<typeof createLogger>[0] => {
  const settings: Record<string, unknown> = { logLevel: 'trace', logSpeech: true, discord: {} };
  const keys = path.split('.');
  let at = settings;
  for (const key of keys.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[keys.at(-1) ?? ''] = value;
  return settings as unknown as Parameters<typeof createLogger>[0];
};

for (const { path } of settingsFields.filter(({ secret }) => secret))
  test(`the value of ${path} is nowhere in the log, whatever fails with it`, () => {
    const secret = 'Xq7-distinctive"value\\of-a-secret';
    const text: string[] = [];
    const logger = createLogger(settingsWith(path, secret), { write: (line: string) => void text.push(line) });
    logger.info(`connecting with ${secret}`);
    logger.child({ anything: secret }).warn({ nested: { list: [secret] } }, 'x');
    logger.error({ err: new Error(`401 for ${secret}`, { cause: new TypeError(secret) }) }, 'x');
    logger.error(Object.assign(new Error('x'), { url: `https://host/?key=${secret}`, body: { secret } }));
    reemitChildLine(logger, JSON.stringify({ level: 50, msg: secret, a: secret }), {});
    reemitChildLine(logger, `Error: ${secret}`, {});
    assert.equal(text.length, 6);
    assert.doesNotMatch(text.join(''), /Xq7|distinctive/);
    assert.doesNotMatch(textGate([secret])(`a stack with ${secret} in it`), /Xq7/);
  });

test('another bot’s token is recognized by its shape', () => {
  const { logger, text } = capture({ token: 'something-else-entirely' });
  logger.info({ line: `token is ${token}.` }, 'x');
  assert.doesNotMatch(text.join(''), /abcdefghijklmnop/);
});

test('an error of Discord’s REST keeps its interaction’s token and its body to itself', () => {
  const { logger, text, last } = capture();
  const interactionToken = 'aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTpBQkNERUZHSElKS0xNTk9Q';
  for (const path of [
    `interactions/1/${interactionToken}/callback`,
    `webhooks/1/${interactionToken}/messages/@original`,
  ]) {
    const error = Object.assign(new Error('Unknown interaction'), {
      url: `https://discord.com/api/v10/${path}`,
      requestBody: { files: [{ name: 'full.ogg', data: Buffer.from('abc') }], json: { content: 'for your eyes only' } },
    });
    logger.error({ err: error }, 'x');
    assert.match((last().err as { url: string }).url, /\/1\/\[redacted\]\/(callback|messages)/);
  }
  assert.doesNotMatch(text.join(''), /aW50ZXJh|for your eyes|requestBody/);
});

test('a token count is no secret', () => {
  const { logger, last } = capture();
  logger.info({ tokens: 12, tokenPresent: true }, 'x');
  assert.deepEqual([last().tokens, last().tokenPresent], [12, true]);
});

test('speech appears only when it is asked for', () => {
  const quiet = capture();
  quiet.logger.info({ turn: 1, pii: { text: 'hello' } }, 'x');
  assert.equal('pii' in quiet.last(), false);
  assert.equal(quiet.last().turn, 1);
  quiet.logger.child({ pii: { text: 'hello' } }).info('x');
  assert.doesNotMatch(quiet.text.join(''), /hello/);
  const open = capture({ logSpeech: true });
  open.logger.info({ pii: { text: 'hello' } }, 'x');
  assert.deepEqual(open.last().pii, { text: 'hello' });
});

const levels: readonly (readonly [unknown, number])[] = [
  [10, 10],
  [30, 30],
  [60, 60],
  [35, 40],
  [999, 60],
  [-5, 10],
  [undefined, 30],
  ['warn', 30],
];
for (const [level, expected] of levels)
  test(`a child's line at level ${String(level)} is written at ${expected}`, () => {
    const { logger, last } = capture();
    reemitChildLine(logger, JSON.stringify({ level, time: 5, pid: 1, hostname: 'h', msg: 'm', a: 1 }), {
      proc: 'voxproc',
      pid: 42,
    });
    assert.deepEqual(
      { ...last(), time: 0 },
      { level: expected, time: 0, proc: 'voxproc', pid: 42, a: 1, childTime: 5, msg: 'm' },
    );
  });

test('no key stands twice in a child’s line', () => {
  const { logger, text } = capture();
  reemitChildLine(logger, '{"level":30,"proc":"x","pid":1,"msg":"m"}', { proc: 'voxproc', pid: 42 });
  assert.equal(text.join('').match(/"proc"/g)?.length, 1);
  assert.equal(text.join('').match(/"pid"/g)?.length, 1);
});

test('what a child prints besides its log becomes a warning', () => {
  const { logger, last, text } = capture();
  for (const line of ['Error: boom', '{"half": ', '[1]', 'null']) {
    reemitChildLine(logger, line, { proc: 'voxproc' });
    assert.deepEqual([last().level, last().line], [40, line]);
  }
  const before = text.length;
  reemitChildLine(logger, '  ', { proc: 'voxproc' });
  assert.equal(text.length, before, 'an empty line is nothing');
  reemitChildLine(logger, 'x'.repeat(100_000), {});
  assert.equal(String(last().line).length, 4000);
});
