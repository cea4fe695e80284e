import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { recordingSessionIdPattern } from '@parley/protocol';

/** The files that a link may name: a recording's mix and people's tracks, and what was exported of it. */
const filePattern =
  /^(?:full\.ogg|tracks\/\d{17,20}\.ogg|exports\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z0-9]{2,4})$/;
const secretBytes = 32;

/** What a link is for. */
export interface LinkTarget {
  readonly recordingSessionId: string;
  /** `full.ogg`, `tracks/<userId>.ogg`, or `exports/<uuid>.<ending>` */
  readonly file: string;
}

export type LinkVerdict = 'ok' | 'expired' | 'forged' | 'not_a_file';

/** Whether this names a file that links may hand out; no path gets past it. */
export const isLinkable = ({ recordingSessionId, file }: LinkTarget): boolean =>
  recordingSessionIdPattern.test(recordingSessionId) && filePattern.test(file);

/** Signs and checks expiring links with an HMAC (SHA-256) of recording, file and time of expiry. */
export class LinkSigner {
  readonly #secret: Buffer;

  constructor(secret: Buffer) {
    if (secret.length < secretBytes) throw new RangeError(`a link secret has at least ${secretBytes} bytes`);
    this.#secret = secret;
  }

  /** The path and query of a link that works until `expiresAt` (epoch milliseconds, in whole seconds). Throws when the file is none of ours. */
  sign(target: LinkTarget, expiresAt: number): string {
    if (!isLinkable(target))
      throw new RangeError('links lead to full.ogg, tracks/<userId>.ogg and exports of a recording only');
    const expires = Math.floor(expiresAt / 1000);
    const signature = this.#signature(target, expires).toString('base64url');
    return `/dl/${target.recordingSessionId}/${target.file}?exp=${expires}&sig=${signature}`;
  }

  /** What a request deserves at `now` (epoch milliseconds). The signature is compared in constant time, before the expiry. */
  verify(target: LinkTarget, query: { readonly exp?: string; readonly sig?: string }, now: number): LinkVerdict {
    if (!isLinkable(target)) return 'not_a_file';
    const { exp = '', sig = '' } = query;
    if (!/^\d{1,12}$/.test(exp) || !/^[\w-]{43}$/.test(sig)) return 'forged';
    const given = Buffer.from(sig, 'base64url');
    const wanted = this.#signature(target, Number(exp));
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'forged';
    return Number(exp) * 1000 > now ? 'ok' : 'expired';
  }

  #signature({ recordingSessionId, file }: LinkTarget, expires: number): Buffer {
    return createHmac('sha256', this.#secret).update(`v1\n${recordingSessionId}\n${file}\n${expires}`).digest();
  }
}

/**
 * The signer with the secret of this installation, made on first use: `<dataDir>/link-secret`, readable by its owner alone. One that
 * a power cut left torn is replaced: the links it signed are lost with it.
 */
export const openLinkSigner = async (dataDir: string): Promise<LinkSigner> => {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'link-secret');
  const found = await readFile(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (found !== null && found.length >= secretBytes) return new LinkSigner(found);
  const secret = randomBytes(secretBytes);
  const draft = `${file}.tmp`;
  await using handle = await open(draft, 'w', 0o600);
  await handle.writeFile(secret);
  await handle.sync();
  await rename(draft, file);
  return new LinkSigner(secret);
};
