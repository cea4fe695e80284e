import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { Background } from '../../../vox/background.ts';
import { ProviderConnectError } from '../provider-connect-error.ts';
import type { ProviderEvent } from '../provider-event.ts';
import type { ProviderCapabilities, ProviderConfig } from '../realtime-provider.ts';
import type { Paid } from '../resilient/paid.ts';
import { ResilientSession } from '../resilient/resilient-session.ts';
import { eventWords, FakeProvider } from './fake-provider.ts';

/** A conversation in which nothing was said before. */
export const plainConfig: ProviderConfig = {
  model: 'm',
  voice: 'v',
  instructions: 'be kind',
  tools: [],
  context: [],
  language: { language: '', prompt: '' },
  inputTranscription: null,
  safetyIdentifier: null,
  resumeHandle: null,
};

/** 20 ms of speech at 24 kHz. */
export const piece = new Uint8Array(960);

/** For `FakeProvider.connect`: no socket comes to be. */
export const refuse = (code: 'unreachable' | 'key_refused') => async (): Promise<never> => {
  throw new ProviderConnectError('fake', code, 'the test says so', {});
};

/** A resilient conversation over a provider that the test plays, connected. */
export const conversation = async (capabilities: Partial<ProviderCapabilities> = {}) => {
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const background = new Background(logger);
  const provider = new FakeProvider(capabilities);
  const events: ProviderEvent[] = [];
  const told: string[] = [];
  const opened: string[] = [];
  const paid: Paid[] = [];
  const take = (event: ProviderEvent): void => {
    events.push(event);
    told.push(eventWords(event));
  };
  const session = new ResilientSession(provider, plainConfig, take, {
    ...{ clock, logger, background, random: () => 0.5 },
    onSocket: (why) => opened.push(why),
    onPaid: (what) => paid.push(what),
  });
  await session.connect(new AbortController().signal);
  const first = provider.last;
  /** What was told since the last look. */
  const news = () => told.splice(0);
  news();
  return { clock, background, provider, session, first, news, events, opened, paid };
};
