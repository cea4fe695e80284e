import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SsrcRegistry } from './ssrc-registry.ts';

describe('SsrcRegistry', () => {
  it('knows nobody before a naming and the person after it', () => {
    const registry = new SsrcRegistry();
    assert.equal(registry.userOf(7, 0), undefined);
    assert.equal(registry.name(7, 'alice'), true);
    assert.equal(registry.name(7, 'alice'), false);
    assert.equal(registry.userOf(7, 0), 'alice');
  });

  it('lets a person have several SSRCs and frees them all when they disconnect, after a trail of a second', () => {
    const registry = new SsrcRegistry();
    registry.name(7, 'alice');
    registry.name(8, 'alice');
    registry.name(9, 'bob');
    registry.disconnected('alice', 5000);
    assert.deepEqual([registry.userOf(7, 6000), registry.userOf(8, 6000)], ['alice', 'alice']);
    assert.deepEqual(
      [registry.userOf(7, 6001), registry.userOf(8, 6001), registry.userOf(9, 6001)],
      [undefined, undefined, 'bob'],
    );
  });

  it('gives a reused SSRC to the person named last, at once', () => {
    const registry = new SsrcRegistry();
    registry.name(7, 'alice');
    registry.disconnected('alice', 5000);
    assert.equal(registry.name(7, 'bob'), true);
    assert.equal(registry.userOf(7, 5001), 'bob');
    registry.name(7, 'carol');
    assert.equal(registry.userOf(7, 9_999_999), 'carol');
  });

  it('takes a person back who is named again after leaving', () => {
    const registry = new SsrcRegistry();
    registry.name(7, 'alice');
    registry.disconnected('alice', 0);
    assert.equal(registry.name(7, 'alice'), true);
    assert.equal(registry.userOf(7, 60_000), 'alice');
  });

  it('forgets everybody on a new voice server', () => {
    const registry = new SsrcRegistry();
    registry.name(7, 'alice');
    registry.clear();
    assert.equal(registry.userOf(7, 0), undefined);
    assert.equal(registry.size, 0);
  });
});
