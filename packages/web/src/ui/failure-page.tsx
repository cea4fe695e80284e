import type { ApiFailure, FailureCode } from '../api/client.ts';
import { MessagePage } from './message-page.tsx';
import { SignInHelp } from './sign-in-help.tsx';

const titles: Readonly<Record<FailureCode, string>> = {
  not_signed_in: 'Please sign in',
  not_found: 'There is nothing here',
  not_allowed: 'This is not open to you',
  bad_request: 'That did not make sense',
  csrf: 'Please load this page again',
  rate_limited: 'That was too fast',
  not_ready: 'Not ready yet',
  too_many: 'There is no more room',
  internal: 'Something went wrong',
  offline: 'Parley cannot be reached',
};

/** What failed, in plain words, and the way out. */
export const FailurePage = ({ failure, onRetry }: { readonly failure: ApiFailure; readonly onRetry: () => void }) => (
  <MessagePage title={titles[failure.code]}>
    {failure.code === 'not_signed_in' ? (
      <SignInHelp />
    ) : failure.code === 'not_found' ? (
      <p>
        The recording does not exist any more, or it is not yours to see: only who asked for it, who is heard in it, and
        people with “Manage Server” can open it. <a href="/">To your recordings</a>
      </p>
    ) : (
      <>
        <p>{failure.message}</p>
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      </>
    )}
  </MessagePage>
);
