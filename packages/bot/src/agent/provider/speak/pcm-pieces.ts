import type { Clock } from '@parley/protocol';
import { type ProviderRequest, postForPieces } from '../http/provider-request.ts';
import { ProviderRequestError } from '../http/request-error.ts';
import { redactUrl } from '../socket/redact.ts';
import { wholeSamples } from './whole-samples.ts';

/** How files begin that some servers send whatever they were asked for; played as samples they would be noise. */
const containers: Readonly<Record<string, string>> = {
  RIFF: 'a WAV file',
  OggS: 'an Ogg file',
  fLaC: 'FLAC',
  'ID3\u0003': 'MP3',
  'ID3\u0004': 'MP3',
};

/** Whether an answer of this type may be samples; their own type has many names. */
const mayBeSamples = (contentType: string): boolean => !/^(?:text\/|application\/(?:json|problem))/i.test(contentType);

/** Posts a request that is answered with s16le, as pieces of whole samples. @throws ProviderRequestError; the signal's reason */
export async function* postForPcm(
  request: ProviderRequest,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  let first = true;
  for await (const piece of wholeSamples(postForPieces({ ...request, takes: mayBeSamples }, clock, signal))) {
    const found = first ? containers[Buffer.from(piece.subarray(0, 4)).toString('latin1')] : undefined;
    if (found !== undefined) {
      const { provider, url } = request;
      throw new ProviderRequestError(provider, `it is ${found}, not PCM`, { code: 'bad_answer', url: redactUrl(url) });
    }
    first = false;
    yield piece;
  }
}
