import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiFailure } from '../api/client.ts';
import { useServices } from '../app/services.ts';
import { clockTime } from '../timeline/time-format.ts';

export interface NoteFormProps {
  readonly recordingId: string;
  readonly atMs: number;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** Longest note, characters: what the server takes. */
const longest = 200;

export const NoteForm = ({ recordingId, atMs, onClose, onSaved }: NoteFormProps) => {
  const { api } = useServices();
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await api.call('note', { params: { id: recordingId }, body: { atMs: Math.round(atMs), text: text.trim() } });
      onSaved();
    } catch (error) {
      setProblem(error instanceof ApiFailure ? error.message : 'The note could not be kept.');
    }
  };
  return (
    <dialog ref={dialog} className="dialog card" aria-labelledby="note-title" onClose={onClose}>
      <form onSubmit={(event) => void save(event)}>
        <h2 id="note-title">Note at {clockTime(atMs)}</h2>
        <label className="field">
          What happens here
          <input value={text} maxLength={longest} required onChange={(event) => setText(event.target.value)} />
        </label>
        <p className="problem" role="status">
          {problem}
        </p>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={text.trim() === ''}>
            Keep the note
          </button>
        </div>
      </form>
    </dialog>
  );
};
