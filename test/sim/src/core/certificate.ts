import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Certificate {
  readonly key: string;
  /** The certificate, which is its own authority. */
  readonly pem: string;
  /** Path of a file with {@link pem}, for child processes. */
  readonly file: string;
  /** Removes the file. */
  remove(): Promise<void>;
}

/**
 * Makes a certificate for 127.0.0.1 and localhost, valid for a day, and keeps its PEM in a temporary folder.
 * Its name is its own: a process that trusts two simulators must be able to tell their authorities apart.
 */
export const makeCertificate = async (): Promise<Certificate> => {
  const made = await generate([{ name: 'commonName', value: `parley-sim ${randomUUID()}` }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), 'parley-sim-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, made.cert);
  return {
    key: made.private,
    pem: made.cert,
    file,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
