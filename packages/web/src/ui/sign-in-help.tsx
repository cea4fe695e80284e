import { useCallback, useMemo } from 'react';
import { ApiClient } from '../api/client.ts';
import { useLoaded } from '../app/use-loaded.ts';

/** How to sign in; the button for Discord stands there only where the operator has set that up. */
export const SignInHelp = () => {
  const api = useMemo(() => new ApiClient(), []);
  const load = useCallback((signal: AbortSignal) => api.call('signInWays', { params: {}, signal }), [api]);
  const [ways] = useLoaded(load);
  const wanted = `${location.pathname}${location.search}`;
  return (
    <>
      <p>
        In Discord, type <code>/parley web</code> on a server with Parley, or press the button under a finished
        recording: you get a link that is for you alone.
      </p>
      {ways.state === 'loaded' && ways.value.discord ? (
        <p>
          <a className="button primary" href={`/oauth/start?to=${encodeURIComponent(wanted)}`}>
            Sign in with Discord
          </a>
        </p>
      ) : null}
    </>
  );
};
