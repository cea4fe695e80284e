import { useCallback, useMemo } from 'react';
import { ApiClient } from '../api/client.ts';
import { LibraryPage } from '../library/library-page.tsx';
import { SessionPage } from '../session/session-page.tsx';
import { FailurePage } from '../ui/failure-page.tsx';
import { MessagePage } from '../ui/message-page.tsx';
import { PageHead } from './page-head.tsx';
import { usePlace } from './router.ts';
import { ServicesContext } from './services.ts';
import { useLoaded } from './use-loaded.ts';

export const App = () => {
  const api = useMemo(() => new ApiClient(), []);
  const load = useCallback((signal: AbortSignal) => api.call('me', { params: {}, signal }), [api]);
  const [me, reload] = useLoaded(load);
  const services = useMemo(() => (me.state === 'loaded' ? { api, me: me.value } : null), [api, me]);
  if (me.state === 'failed') return <FailurePage failure={me.failure} onRetry={reload} />;
  if (!services) return <MessagePage title="Parley">One moment…</MessagePage>;
  return (
    <ServicesContext value={services}>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <PageHead />
      <div id="content">
        <Page />
      </div>
    </ServicesContext>
  );
};

const Page = () => {
  const place = usePlace();
  switch (place.page) {
    case 'library':
      return <LibraryPage query={place.query} />;
    case 'session':
      return <SessionPage key={place.id} id={place.id} atMs={place.atMs} />;
    case 'unknown':
      return (
        <MessagePage title="There is nothing here">
          <p>
            This address leads nowhere. <a href="/">To your recordings</a>
          </p>
        </MessagePage>
      );
  }
};
