import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveNews, liveNewsKept } from './live-news.ts';

const spoke = (n: number) =>
  ({ recordingSessionId: 'r', kind: 'spoke', userId: String(n), fromSample: n, toSample: n + 1 }) as const;

test('a watcher gets what is new to it, and one who comes later what is kept', () => {
  const news = new LiveNews();
  news.add(spoke(1));
  news.add(spoke(2));
  const first = news.since(0);
  assert.equal(first.events.length, 2);
  assert.deepEqual(news.since(first.upTo).events, []);
  news.add(spoke(3));
  assert.deepEqual(news.since(first.upTo).events, [spoke(3)]);
  for (let n = 0; n < liveNewsKept; n += 1) news.add(spoke(n));
  assert.equal(news.since(0).events.length, liveNewsKept);
  assert.equal(news.since(first.upTo).events.length, liveNewsKept, 'what went meanwhile is not told twice or made up');
});
