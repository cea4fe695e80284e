import type { ApiLane, ApiRecording } from '@parley/protocol/api';
import { useEffect, useRef, useState } from 'react';
import { ApiFailure } from '../api/client.ts';
import { useServices } from '../app/services.ts';
import { BinIcon } from '../ui/icons.tsx';

/** Takes a person out of the recording, after asking: oneself, or with Manage Server anybody. */
export const EraseForm = ({
  recording,
  onErased,
}: {
  readonly recording: ApiRecording;
  readonly onErased: () => void;
}) => {
  const { me } = useServices();
  const [asked, setAsked] = useState<ApiLane | null>(null);
  const isMe = ({ userId }: ApiLane) => userId === me.person.userId;
  const own = recording.may.eraseSelf ? recording.lanes.find(isMe) : undefined;
  const others = recording.may.eraseAnybody ? recording.lanes.filter((lane) => !isMe(lane)) : [];
  if (!own && others.length === 0) return null;
  return (
    <section className="card panel" aria-label="Erase">
      <h2>Erase</h2>
      <p className="soft">
        Their audio, words and name go for good from this recording; its mix is made again without them. To be erased
        everywhere, type <code>/parley forget-me</code> in Discord.
      </p>
      {own && (
        <button type="button" className="button danger small" onClick={() => setAsked(own)}>
          <BinIcon />
          Erase me
        </button>
      )}
      {others.length > 0 && (
        <details className="erase-others">
          <summary>Erase somebody else</summary>
          <ul className="erase-list">
            {others.map((lane) => (
              <li key={lane.userId}>
                <button type="button" className="button danger small" onClick={() => setAsked(lane)}>
                  <BinIcon />
                  <span>
                    Erase <bdi>{lane.displayName}</bdi>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
      {asked && (
        <EraseDialog recordingId={recording.id} lane={asked} onClose={() => setAsked(null)} onErased={onErased} />
      )}
    </section>
  );
};

const EraseDialog = ({
  recordingId,
  lane,
  onClose,
  onErased,
}: {
  readonly recordingId: string;
  readonly lane: ApiLane;
  readonly onClose: () => void;
  readonly onErased: () => void;
}) => {
  const { api } = useServices();
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const erase = async () => {
    setBusy(true);
    try {
      await api.call('erase', { params: { id: recordingId }, body: { userId: lane.userId } });
      onClose();
      onErased();
    } catch (error) {
      setBusy(false);
      setProblem(
        error instanceof ApiFailure
          ? error.message
          : 'It is not known whether that worked. Load the page again in a while to see.',
      );
    }
  };
  return (
    <dialog ref={dialog} className="dialog card" aria-labelledby="erase-title" onClose={onClose}>
      <h2 id="erase-title">
        Erase <bdi>{lane.displayName}</bdi> from this recording?
      </h2>
      <p>
        From now on nobody gets their audio or words; removing them may take a while, and the mix is missing until it is
        made again. This cannot be undone. Copies that people have downloaded already are out of reach.
      </p>
      <p className="problem" role="status">
        {problem}
      </p>
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          Keep everything
        </button>
        <button type="button" className="button danger" disabled={busy} onClick={() => void erase()}>
          Erase
        </button>
      </div>
    </dialog>
  );
};
