import type { ApiRecording } from '@parley/protocol/api';
import { DownloadIcon } from '../ui/icons.tsx';
import { sizeInWords } from './size-words.ts';

/** The files that are there already. */
export const Downloads = ({ downloads }: Pick<ApiRecording, 'downloads'>) => (
  <section className="card panel" aria-label="Downloads">
    <h2>Downloads</h2>
    {downloads.length === 0 ? (
      <p className="soft">There is nothing to download yet.</p>
    ) : (
      <ul className="download-list">
        {downloads.map(({ label, url, bytes }) => (
          <li key={url}>
            <a className="download" href={url} download>
              <DownloadIcon />
              <bdi className="download-name">{label}</bdi>
              <span className="soft numbers">{sizeInWords(bytes)}</span>
            </a>
          </li>
        ))}
      </ul>
    )}
  </section>
);
