import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputTurn } from './input-turn.ts';

const rig = () => {
  const sent: Buffer[] = [];
  const messages: string[] = [];
  const turn = new InputTurn(24_000, (base64) => {
    messages.push(base64);
    sent.push(Buffer.from(base64, 'base64'));
  });
  return { turn, messages, all: () => Buffer.concat(sent) };
};

test('pieces of any length come out whole and in order, in messages without padding', () => {
  const { turn, messages, all } = rig();
  const pcm = Buffer.from(Array.from({ length: 6_000 }, (_, at) => at % 251));
  for (let at = 0, size = 1; at < pcm.length; at += size, size = (size * 7 + 3) % 401) {
    turn.append(pcm.subarray(at, at + size));
  }
  assert.equal(turn.end(), 0);
  assert.ok(all().equals(pcm));
  assert.deepEqual(
    messages.slice(0, -1).filter((message) => message.endsWith('=')),
    [],
  );
});

test('the caller may use their memory again at once', () => {
  const { turn, all } = rig();
  const mine = Buffer.alloc(4_801, 7);
  turn.append(mine);
  mine.fill(0);
  turn.append(Buffer.alloc(1, 7));
  turn.end();
  assert.ok(all().every((byte) => byte === 7));
});

test('a turn shorter than 100 ms is made that long with silence, an odd byte is left out', () => {
  const { turn, all } = rig();
  turn.append(Buffer.alloc(2_401, 1));
  assert.equal(turn.end(), 50);
  assert.equal(all().length, 4_800);
  assert.equal(all().filter((byte) => byte === 1).length, 2_400);
  assert.ok(turn.isEmpty);
});

test('two minutes at once go out in messages of at most 128 kB', () => {
  const { turn, messages } = rig();
  turn.append(Buffer.alloc(120 * 48_000));
  assert.equal(messages.length, 60);
  assert.ok(messages.every((message) => message.length <= 128_000));
});

test('what is taken back is not sent', () => {
  const { turn, all } = rig();
  turn.append(Buffer.alloc(5, 1));
  turn.clear();
  assert.ok(turn.isEmpty);
  turn.append(Buffer.alloc(4_800, 2));
  turn.end();
  assert.ok(all().every((byte) => byte === 2));
});
