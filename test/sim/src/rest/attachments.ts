import type { SimAttachment } from '../world/message.ts';
import type { World } from '../world/world.ts';
import type { UploadedFile } from './body.ts';
import { notFound } from './errors.ts';
import type { MessageMaker } from './messages.ts';
import type { Route } from './router.ts';

/** Keeps what bots upload and serves it again, as the CDN would. */
export class AttachmentStore implements MessageMaker {
  readonly world: World;
  readonly #baseUrl: () => string;
  readonly #files = new Map<string, SimAttachment>();

  constructor(world: World, baseUrl: () => string) {
    this.world = world;
    this.#baseUrl = baseUrl;
  }

  store(id: string, channelId: string, file: UploadedFile, filename: string): SimAttachment {
    const path = `/cdn/attachments/${channelId}/${id}/${encodeURIComponent(filename)}`;
    const { contentType, bytes } = file;
    const attachment = { id, filename, contentType, bytes, url: `${this.#baseUrl()}${path}` };
    this.#files.set(id, attachment);
    return attachment;
  }

  routes(): Route[] {
    return [
      {
        method: 'GET',
        path: '/cdn/attachments/:channel/:id/:name',
        open: true,
        handle: (request) => {
          const file = this.#files.get(request.param('id'));
          if (!file) throw notFound();
          return { status: 200, body: file.bytes, contentType: file.contentType };
        },
      },
    ];
  }
}
