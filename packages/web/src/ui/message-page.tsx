import type { ReactNode } from 'react';

/** A page that has only something to say: sign in, no access, nothing there. */
export const MessagePage = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <main className="message-page">
    <h1>{title}</h1>
    <div className="message-body">{children}</div>
  </main>
);
