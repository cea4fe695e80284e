import type { Channel } from './channel/channel.ts';
import { type Clock, systemClock } from './clock.ts';
import { protocolVersion, type RequestParams, type RequestResult } from './messages.ts';
import { ProtocolError } from './protocol-error.ts';

export type Hello = RequestParams<'voxproc', 'hello'>;
export type Welcome = RequestResult<'voxproc', 'hello'>;

/** Milliseconds the supervisor waits for the first frame of a child it has spawned. */
export const helloTimeoutMs = 10_000;

/**
 * voxproc's side: says hello and waits for the welcome (3 s).
 * @throws ProtocolError `protocol_mismatch` when the supervisor speaks another major version: exit with 64.
 */
export const sayHello = async (channel: Channel<'voxproc'>, hello: Omit<Hello, 'protocol'>): Promise<Welcome> => {
  const welcome = await channel.request('hello', { ...hello, protocol: protocolVersion });
  if (welcome.protocol.major !== protocolVersion.major) {
    throw new ProtocolError('protocol_mismatch', mismatch(welcome.protocol.major));
  }
  channel.welcome();
  return welcome;
};

/**
 * The supervisor's side: waits for hello and answers it.
 * @returns what the child said of itself.
 * @throws ProtocolError `protocol_mismatch`, `deadline_exceeded` (nothing came in time), `link_closed`.
 */
export const acceptHello = async (
  channel: Channel<'supervisor'>,
  welcome: Omit<Welcome, 'protocol'>,
  { clock = systemClock, timeoutMs = helloTimeoutMs }: { clock?: Clock; timeoutMs?: number } = {},
): Promise<Hello> => {
  using scope = new DisposableStack();
  const { promise, resolve, reject } = Promise.withResolvers<Hello>();
  scope.use(
    channel.onRequest('hello', (hello) => {
      if (hello.protocol.major !== protocolVersion.major) {
        const error = new ProtocolError('protocol_mismatch', mismatch(hello.protocol.major));
        reject(error);
        throw error;
      }
      channel.welcome();
      resolve(hello);
      return { ...welcome, protocol: protocolVersion };
    }),
  );
  scope.use(
    clock.setTimeout(
      () => reject(new ProtocolError('deadline_exceeded', `hello: the child said nothing within ${timeoutMs} ms`)),
      timeoutMs,
    ),
  );
  void channel.closed.then((end) => reject(new ProtocolError('link_closed', `hello: the link ended (${end.kind})`)));
  return await promise;
};

const mismatch = (theirs: number): string =>
  `the other side speaks protocol ${theirs}.x, this one ${protocolVersion.major}.${protocolVersion.minor}; run both from one checkout`;
