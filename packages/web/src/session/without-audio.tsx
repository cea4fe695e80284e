import type { ApiRecording } from '@parley/protocol/api';

interface Words {
  readonly title: string;
  readonly text: string;
}

/** What is said where there is no mix to hear; null where there is one, or will be. */
export const withoutAudio = ({ status, mixUrl, lanes, erasing }: ApiRecording): Words | null => {
  if (status === 'empty') {
    return {
      title: 'Nobody spoke',
      text: 'Parley listened for all of this time, and nobody who is recorded said anything. There is nothing to hear.',
    };
  }
  if (status === 'failed') {
    return {
      title: 'The mix could not be made',
      text:
        lanes.length === 0
          ? 'What was recorded is still there. Whoever runs Parley finds the reason in its log and can have it mixed again.'
          : 'What each person said is kept. Whoever runs Parley finds the reason in its log and can have it mixed again.',
    };
  }
  return mixUrl === null && status !== 'muxing' && !erasing
    ? { title: 'The audio is gone', text: 'The mix of this recording was deleted. What was written about it remains.' }
    : null;
};

export const WithoutAudio = ({ title, text }: Words) => (
  <section className="card session-without" aria-labelledby="without-title">
    <h2 id="without-title">{title}</h2>
    <p>{text}</p>
  </section>
);
