import type { ApiRecordingBrief } from '@parley/protocol/api';
import { Link } from '../app/link.tsx';
import { statusInWords } from '../session/status-words.ts';
import { lengthInWords } from '../timeline/time-format.ts';
import { Avatar } from '../ui/avatar.tsx';
import { laneColour } from '../ui/initials.ts';

const timeFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

/** How many people are shown by picture; the rest by number. */
const shownPeople = 5;

export const RecordingRow = ({ recording }: { readonly recording: ApiRecordingBrief }) => {
  const { people, status, durationMs } = recording;
  const names = people.map(({ displayName }) => displayName).join(', ');
  return (
    <li>
      <Link href={`/s/${recording.id}`} className="recording-row">
        <time className="soft numbers" dateTime={new Date(recording.startTime).toISOString()}>
          {timeFormat.format(recording.startTime)}
        </time>
        <span className="recording-row-what">
          <bdi className="recording-row-name">{recording.channelName}</bdi>
          <span className="soft">{recording.guildName}</span>
        </span>
        <span className="recording-row-people" title={names}>
          {people.slice(0, shownPeople).map((person, index) => (
            <Avatar
              key={person.userId}
              name={person.displayName}
              url={person.avatarUrl}
              colour={laneColour(index)}
              size={28}
            />
          ))}
          {people.length > shownPeople && <span className="soft">+{people.length - shownPeople}</span>}
          <span className="visually-hidden">{names}</span>
        </span>
        <span className="recording-row-state">
          {status === 'completed' ? null : (
            <span className={status === 'recording' ? 'chip live' : 'chip'}>{statusInWords[status]}</span>
          )}
          {recording.transcript === 'done' && <span className="chip">transcript</span>}
          {durationMs !== null && <span className="numbers">{lengthInWords(durationMs)}</span>}
        </span>
      </Link>
    </li>
  );
};
