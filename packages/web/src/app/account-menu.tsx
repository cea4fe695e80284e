import { type KeyboardEvent, useRef, useState } from 'react';
import { ApiFailure } from '../api/client.ts';
import { go } from './router.ts';
import { useServices } from './services.ts';

type SignOut = 'signOut' | 'signOutEverywhere';

/** Who is signed in, and the ways out: of this browser, or of every one. */
export const AccountMenu = () => {
  const { api, me } = useServices();
  const menu = useRef<HTMLDetailsElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const signOut = async (how: SignOut) => {
    try {
      if (how === 'signOut') await api.call(how, { params: {}, body: {} });
      else await api.call(how, { params: {} });
    } catch (error) {
      // Who is signed out already has what they want.
      if (!(error instanceof ApiFailure && error.code === 'not_signed_in')) {
        setProblem(error instanceof ApiFailure ? error.message : 'That did not work. Try again.');
        return;
      }
    }
    go('/');
    location.reload();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !menu.current?.open) return;
    menu.current.open = false;
    menu.current.querySelector('summary')?.focus();
    event.stopPropagation();
  };
  return (
    <details className="account" ref={menu} onKeyDown={onKeyDown}>
      <summary className="button small">
        <span className="visually-hidden">Account: </span>
        <bdi className="page-who">{me.person.displayName}</bdi>
      </summary>
      <div className="account-ways card">
        <button type="button" className="button small" onClick={() => void signOut('signOut')}>
          Sign out
        </button>
        <button type="button" className="button small" onClick={() => void signOut('signOutEverywhere')}>
          Sign out everywhere
        </button>
        <p className="soft">Everywhere: in all browsers you are signed in with.</p>
        <p className="problem" role="status">
          {problem}
        </p>
      </div>
    </details>
  );
};
