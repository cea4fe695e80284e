import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { DavePeer } from '../people/dave-peer.ts';
import type { CallMember } from '../voice/call-member.ts';
import { VOICE_OP } from '../voice/opcodes.ts';
import { DaveCall } from './dave-call.ts';
import { MlsReader, vector } from './mls-codec.ts';
import { readCommitWelcome, readKeyPackage } from './mls-messages.ts';
import { LeafMap } from './ratchet-tree.ts';

const CHANNEL = '323456789012345678';
const FRAME = Buffer.from('6807c97900112233445566778899', 'hex');

/** A member with a real encryption session; messages wait until {@link pump} delivers them. */
class Member implements CallMember {
  readonly ssrc = 1;
  readonly maxDave: number;
  readonly userId: string;
  readonly peer: DavePeer;
  readonly ops: number[] = [];
  spoil = false;

  constructor(userId: string, maxDave = 1) {
    this.userId = userId;
    this.maxDave = maxDave;
    this.peer = new DavePeer(userId, CHANNEL, {
      sendOp: (op, data) => {
        queue.push(() => {
          if (op === VOICE_OP.daveTransitionReady) call.transitionReady(this, data.transition_id);
          else if (op === VOICE_OP.mlsInvalidCommitWelcome) call.invalid(this);
        });
      },
      sendBinary: (op, payload) => {
        queue.push(() => {
          if (op === VOICE_OP.mlsKeyPackage) call.keyPackage(this, payload);
          else if (op === VOICE_OP.mlsCommitWelcome) call.commit(this, payload);
        });
      },
    });
  }

  voiceState(): null {
    return null;
  }

  sendOp(op: number, data: object): void {
    this.ops.push(op);
    queue.push(() => this.peer.receiveOp(op, data));
  }

  sendBinary(op: number, payload: Buffer): void {
    this.ops.push(op);
    const isSpoiled = this.spoil && (op === VOICE_OP.mlsAnnounceCommit || op === VOICE_OP.mlsWelcome);
    if (isSpoiled) this.spoil = false;
    const given = isSpoiled ? Buffer.concat([payload.subarray(0, 2), Buffer.alloc(40, 7)]) : payload;
    queue.push(() => this.peer.receiveBinary(op, given));
  }

  sendMedia(): void {}
}

let queue: (() => void)[];
let timers: Map<() => void, number>;
let call: DaveCall;

const pump = (): void => {
  for (let job = queue.shift(); job; job = queue.shift()) job();
};

const makeCall = (options: { enabled?: boolean; commitDelayMs?: number } = {}): DaveCall =>
  new DaveCall({
    channelId: CHANNEL,
    enabled: options.enabled ?? true,
    commitDelayMs: () => options.commitDelayMs ?? 0,
    later: (ms, run) => {
      timers.set(run, ms);
      return () => timers.delete(run);
    },
    notify: () => undefined,
  });

const join = (userId: string, maxDave = 1): Member => {
  const member = new Member(userId, maxDave);
  member.peer.start(call.connect(member));
  pump();
  return member;
};

const understand = (members: readonly Member[]): void => {
  for (const from of members) {
    const sealed = from.peer.encrypt(FRAME);
    assert.ok(sealed && !sealed.equals(FRAME), `${from.userId} encrypts`);
    for (const to of members) {
      if (to === from) continue;
      const opened = to.peer.decrypt(from.userId, sealed);
      assert.ok(Buffer.isBuffer(opened) && opened.equals(FRAME), `${to.userId} understands ${from.userId}: ${opened}`);
    }
  }
  assert.equal(new Set(members.map(({ peer }) => peer.privacyCode)).size, 1);
};

const [A, B, C, D] = ['100000000000000001', '100000000000000002', '100000000000000003', '100000000000000004'] as const;

beforeEach(() => {
  queue = [];
  timers = new Map();
  call = makeCall();
});

afterEach(() => {
  assert.deepEqual([...timers.values()], [], 'no timer is left');
});

test('nobody has keys alone; two make a group at once with transition 0', () => {
  const a = join(A);
  assert.equal(a.peer.canSend, false);
  const b = join(B);
  understand([a, b]);
  assert.equal(call.epoch, 1n);
  assert.ok(!a.ops.includes(VOICE_OP.daveExecuteTransition));
});

test('members come and go, leaves are used again, and everybody understands everybody', () => {
  const [a, b, c] = [join(A), join(B), join(C)];
  understand([a, b, c]);
  call.leave(b);
  pump();
  understand([a, c]);
  const d = join(D);
  understand([a, c, d]);
  const again = join(B);
  understand([a, c, d, again]);
  assert.deepEqual([...call.groupUserIds].toSorted(), [A, B, C, D]);
  assert.equal(call.epoch, 5n);
});

test('several who come together are taken in by one commit', () => {
  const members = [A, B, C, D].map((id) => new Member(id));
  for (const member of members) member.peer.start(call.connect(member));
  pump();
  understand(members);
  assert.ok(call.epochs <= 2, `${call.epochs} epochs`);
});

test('who is left alone starts a new group that the next comer enters', () => {
  const a = join(A);
  const b = join(B);
  call.leave(b);
  pump();
  assert.equal(call.epoch, 0n);
  assert.equal(a.peer.canSend, false);
  understand([a, join(C)]);
});

test('when all have gone the next call begins from nothing, with transition 0', () => {
  for (const member of [join(A), join(B)]) call.leave(member);
  pump();
  const [c, d] = [join(C), join(D)];
  understand([c, d]);
  assert.equal(call.epoch, 1n);
  assert.ok(!d.ops.includes(VOICE_OP.daveExecuteTransition));
});

test('a downgrade in the middle of a transition leaves no round behind', () => {
  const a = join(A);
  const b = join(B);
  const c = new Member(C);
  c.peer.start(call.connect(c));
  for (let steps = 0; steps < 4; steps += 1) queue.shift()?.();
  const old = join(D, 0);
  assert.deepEqual(a.peer.encrypt(FRAME), FRAME);
  call.leave(old);
  pump();
  understand([a, b, c]);
});

for (const spoiled of [VOICE_OP.mlsAnnounceCommit, VOICE_OP.mlsWelcome] as const) {
  test(`a member that cannot use op ${spoiled} reports it and is let in again`, () => {
    const a = join(A);
    const b = join(B);
    let victim = b;
    if (spoiled === VOICE_OP.mlsAnnounceCommit) b.spoil = true;
    const c = new Member(C);
    if (spoiled === VOICE_OP.mlsWelcome) {
      c.spoil = true;
      victim = c;
    }
    c.peer.start(call.connect(c));
    pump();
    understand([a, b, c]);
    assert.equal(victim.spoil, false, 'the spoiled message was delivered');
    assert.equal(call.epoch, 3n);
  });
}

test('a client that cannot encrypt downgrades the call, and encryption returns when it leaves', () => {
  const a = join(A);
  const b = join(B);
  const old = join(C, 0);
  assert.equal(call.version, 0);
  assert.deepEqual(a.peer.encrypt(FRAME), FRAME);
  assert.deepEqual(b.peer.decrypt(A, FRAME), FRAME);
  call.leave(old);
  pump();
  assert.equal(call.version, 1);
  understand([a, b]);
});

test('a forced downgrade reaches who joins during it, and he takes part in the encryption after it', () => {
  const a = join(A);
  const b = join(B);
  call.force(true);
  pump();
  const c = join(C);
  assert.deepEqual(c.peer.encrypt(FRAME), FRAME);
  call.force(false);
  pump();
  understand([a, b, c]);
});

test('a commit that is held back is announced when its time has come', () => {
  call = makeCall({ commitDelayMs: 500 });
  const a = join(A);
  const b = join(B);
  assert.equal(a.peer.canSend, false);
  const [held] = timers;
  assert.equal(held?.[1], 500);
  timers.clear();
  held?.[0]();
  pump();
  understand([a, b]);
});

test('a transition that somebody never confirms is executed after its time', () => {
  const a = join(A);
  const b = join(B);
  const c = new Member(C);
  const mute = c.peer.receiveBinary.bind(c.peer);
  c.peer.receiveBinary = (op, payload) => {
    if (op !== VOICE_OP.mlsWelcome) mute(op, payload);
  };
  c.peer.start(call.connect(c));
  pump();
  assert.ok(!a.ops.includes(VOICE_OP.daveExecuteTransition));
  const [timeout] = timers;
  timeout?.[0]();
  pump();
  understand([a, b]);
});

test('where encryption is off nobody is asked for keys', () => {
  call = makeCall({ enabled: false });
  const a = join(A);
  join(B);
  assert.equal(call.version, 0);
  assert.deepEqual(a.ops, []);
  assert.deepEqual(a.peer.encrypt(FRAME), FRAME);
});

test('vectors carry lengths of one, two and four bytes', () => {
  for (const length of [0, 1, 63, 64, 300, 16_383, 16_384, 70_000]) {
    const data = Buffer.alloc(length, 5);
    const reader = new MlsReader(vector(data));
    assert.deepEqual(reader.vector(), data);
    assert.equal(reader.done, true);
  }
  assert.equal(vector(Buffer.alloc(63)).length, 64);
  assert.equal(vector(Buffer.alloc(64)).length, 66);
  assert.throws(() => new MlsReader(Buffer.from([0xc0])).vector(), { code: 'mls_malformed' });
});

test('what is no key package or commit is refused', () => {
  for (const junk of [Buffer.alloc(0), Buffer.alloc(200), Buffer.from('0001000204ff', 'hex')]) {
    assert.throws(() => readKeyPackage(junk), { code: 'mls_malformed' });
    assert.throws(() => readCommitWelcome(junk), { code: 'mls_malformed' });
  }
});

test('the leftmost blank leaf is used first', () => {
  const leaves = new LeafMap<string>();
  for (const name of ['a', 'b', 'c', 'd']) leaves.add(name);
  leaves.remove(1);
  leaves.remove(3);
  leaves.add('e');
  leaves.add('f');
  assert.deepEqual(leaves.entries(), [
    { leaf: 0, owner: 'a' },
    { leaf: 1, owner: 'e' },
    { leaf: 2, owner: 'c' },
    { leaf: 3, owner: 'f' },
  ]);
});
