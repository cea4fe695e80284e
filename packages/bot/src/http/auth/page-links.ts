import type { RecordingRow } from '../../store/index.ts';
import type { RecordingAccess } from '../access/recording-access.ts';
import { type SignInDesk, signInTimes } from './sign-in-desk.ts';

export interface PageLinksOptions {
  readonly desk: Pick<SignInDesk, 'linkFor'>;
  readonly access: Pick<RecordingAccess, 'find'>;
  /** The URL people use; null: there is none. */
  readonly publicUrl: string | null;
  /** Where the server listens, for this machine. */
  readonly ownUrl: string;
}

/** A link that signs one person in, once. */
export interface PageLink {
  readonly url: string;
  /** false: it works on the machine Parley runs on only. */
  readonly isPublic: boolean;
  /** How long it works, milliseconds. */
  readonly worksMs: number;
}

/** Personal links to the pages, for people whom Discord vouches for. */
export class PageLinks {
  #options: PageLinksOptions;

  constructor(options: PageLinksOptions) {
    this.#options = options;
  }

  /** The recording, or null where there is none that this person may see. @throws StoreError */
  async visible(userId: string, recordingSessionId: string): Promise<RecordingRow | null> {
    return await this.#options.access.find({ kind: 'person', userId }, recordingSessionId);
  }

  /** A link to a recording's page, or (null) to the library; earlier ones of this person stop working. @throws StoreError */
  async linkFor(userId: string, recordingSessionId: string | null): Promise<PageLink> {
    const { desk, publicUrl, ownUrl } = this.#options;
    const path = await desk.linkFor(userId, recordingSessionId === null ? '/' : `/s/${recordingSessionId}`);
    return {
      url: new URL(path, publicUrl ?? ownUrl).href,
      isPublic: publicUrl !== null,
      worksMs: signInTimes.linkMs,
    };
  }
}
