import type { ApiRecording } from '@parley/protocol/api';
import { Link } from '../app/link.tsx';
import { lengthInWords } from '../timeline/time-format.ts';
import { statusInWords } from './status-words.ts';

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const count = new Intl.NumberFormat();

/** Where, when, how long, how well: the head of every recording's page. */
export const RecordingHeader = ({ recording }: { readonly recording: ApiRecording }) => {
  const { quality, status, summary } = recording;
  return (
    <header className="recording-head">
      <p>
        <Link href="/">Recordings</Link>
        <span className="soft"> / {recording.guildName ?? 'server'}</span>
      </p>
      <h1>
        <bdi>{recording.channelName}</bdi>
      </h1>
      <p className="recording-facts soft">
        <time dateTime={new Date(recording.startTime).toISOString()}>{dateFormat.format(recording.startTime)}</time>
        {recording.durationMs !== null && <span>{lengthInWords(recording.durationMs)}</span>}
        <span className={status === 'recording' ? 'chip live' : 'chip'}>{statusInWords[status]}</span>
        {quality.received > 0 && (
          <span>
            {quality.lost === 0
              ? `all ${count.format(quality.received)} packets arrived`
              : `${count.format(quality.lost)} of ${count.format(quality.received + quality.lost)} packets were lost`}
          </span>
        )}
        {recording.deletedAt !== null && (
          <span>
            kept until{' '}
            <time dateTime={new Date(recording.deletedAt).toISOString()}>
              {new Date(recording.deletedAt).toLocaleDateString()}
            </time>
          </span>
        )}
      </p>
      {summary !== null && <p className="recording-summary">{summary}</p>}
    </header>
  );
};
