import type { ApiExportJob, ApiRecording } from '@parley/protocol/api';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiFailure } from '../api/client.ts';
import { useServices } from '../app/services.ts';
import { parseClockTime } from '../timeline/time-format.ts';
import { rangeProblem } from './range-problem.ts';
import { sizeInWords } from './size-words.ts';

const formats = [
  ['flac', 'Tracks, FLAC'],
  ['wav', 'Tracks, WAV'],
  ['opus', 'Tracks as recorded, Opus'],
  ['m4a', 'Tracks, M4A'],
  ['mp3', 'Mix, MP3'],
  ['mix-flac', 'Mix, FLAC'],
  ['labels', 'Labels for Audacity'],
  ['reaper', 'Project for Reaper'],
  ['vtt', 'Subtitles, WebVTT'],
  ['srt', 'Subtitles, SRT'],
  ['md', 'Transcript, Markdown'],
  ['json', 'Transcript, JSON'],
] as const;
type Format = (typeof formats)[number][0];
const ofTranscript: ReadonlySet<string> = new Set<Format>(['vtt', 'srt', 'md', 'json']);

/** How often the server is asked how far an export is, milliseconds. */
const pollMs = 1000;

/** Makes a file in another format, of all or of a part. */
export const ExportForm = ({
  recording,
  durationMs,
}: {
  readonly recording: ApiRecording;
  readonly durationMs: number;
}) => {
  const { api } = useServices();
  const [format, setFormat] = useState<Format>('flac');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [job, setJob] = useState<ApiExportJob | null>(null);
  const jobId = job !== null && (job.state === 'queued' || job.state === 'running') ? job.exportId : null;
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  useEffect(() => {
    if (jobId === null) return undefined;
    const timer = setInterval(() => {
      api.call('exportJob', { params: { exportId: jobId } }).then(setJob, (error: unknown) => {
        setJob(null);
        setProblem(error instanceof ApiFailure ? error.message : 'The export failed.');
      });
    }, pollMs);
    return () => clearInterval(timer);
  }, [api, jobId]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const fromMs = from.trim() === '' ? null : parseClockTime(from);
    const toMs = to.trim() === '' ? null : parseClockTime(to);
    const wrong = rangeProblem({ text: from, ms: fromMs }, { text: to, ms: toMs }, durationMs);
    setProblem(wrong);
    if (wrong !== null) return;
    const body = { format, ...(fromMs === null ? {} : { fromMs }), ...(toMs === null ? {} : { toMs }) };
    try {
      const started = await api.call('export', { params: { id: recording.id }, body });
      if (alive.current) setJob(started);
    } catch (error) {
      if (alive.current) setProblem(error instanceof ApiFailure ? error.message : 'The export could not be begun.');
    }
  };
  const choices = formats.filter(([name]) => recording.transcript === 'done' || !ofTranscript.has(name));
  return (
    <form className="card panel" aria-label="Export" onSubmit={(event) => void submit(event)}>
      <h2>Export</h2>
      <label className="field">
        Format
        <select value={format} onChange={(event) => setFormat(event.target.value as Format)}>
          {choices.map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <div className="range-fields">
        <label className="field">
          From
          <input
            value={from}
            placeholder="0:00"
            inputMode="numeric"
            onChange={(event) => setFrom(event.target.value)}
          />
        </label>
        <label className="field">
          To
          <input value={to} placeholder="end" inputMode="numeric" onChange={(event) => setTo(event.target.value)} />
        </label>
      </div>
      <button type="submit" className="button primary" disabled={jobId !== null}>
        {jobId === null ? 'Make the file' : 'Working…'}
      </button>
      <div role="status" className="export-state">
        {problem !== null && <p className="problem">{problem}</p>}
        {job !== null && jobId !== null && (
          <progress value={job.fraction} max={1} aria-label="Progress of the export" />
        )}
        {job?.state === 'failed' && <p className="problem">{job.error ?? 'The export failed.'}</p>}
        {job?.state === 'done' && job.url !== null && (
          <a className="button" href={job.url} download>
            Download{job.bytes === null ? '' : ` (${sizeInWords(job.bytes)})`}
          </a>
        )}
      </div>
    </form>
  );
};
