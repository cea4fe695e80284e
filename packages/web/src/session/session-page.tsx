import type { ApiRecording } from '@parley/protocol/api';
import { useCallback, useEffect } from 'react';
import { useServices } from '../app/services.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { FailurePage } from '../ui/failure-page.tsx';
import { MessagePage } from '../ui/message-page.tsx';
import { FinishedPage } from './finished-page.tsx';
import { LivePage } from './live-page.tsx';

/** Asked again while the mix is being made, or somebody is being erased, milliseconds. */
const unfinishedPollMs = 3000;

/** One recording: as it runs, while it is mixed, and when it can be played. */
export const SessionPage = ({ id, atMs }: { readonly id: string; readonly atMs: number | null }) => {
  const { api } = useServices();
  const load = useCallback(
    (signal: AbortSignal): Promise<ApiRecording> => api.call('recording', { params: { id }, signal }),
    [api, id],
  );
  const [loaded, reload] = useLoaded(load);
  const isUnfinished = loaded.state === 'loaded' && (loaded.value.status === 'muxing' || loaded.value.erasing);
  useEffect(() => {
    if (!isUnfinished) return undefined;
    const timer = setInterval(reload, unfinishedPollMs);
    return () => clearInterval(timer);
  }, [isUnfinished, reload]);
  const channelName = loaded.state === 'loaded' ? loaded.value.channelName : null;
  useEffect(() => {
    if (channelName !== null) document.title = `${channelName} – Parley`;
  }, [channelName]);

  if (loaded.state === 'loading') return <MessagePage title="One moment">Loading the recording…</MessagePage>;
  if (loaded.state === 'failed') return <FailurePage failure={loaded.failure} onRetry={reload} />;
  const recording = loaded.value;
  return recording.status === 'recording' ? (
    <LivePage recording={recording} onEnded={reload} />
  ) : (
    <FinishedPage recording={recording} atMs={atMs} onChanged={reload} />
  );
};
