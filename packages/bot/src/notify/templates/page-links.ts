import { fitsLinkButton } from '../buttons.ts';
import type { MessageDetails } from '../user-message.ts';
import { channelName, duration } from '../words.ts';

export const pageLink = ({ url, isPublic, worksMs, recording }: MessageDetails['page_link']): string =>
  [
    recording === null
      ? 'Your recordings, by a link of your own:'
      : `The recording of <t:${Math.floor(recording.startTime / 1000)}:f> in ${channelName(recording.channelId)}, by a link of your own:`,
    fitsLinkButton(url) ? '' : `<${url}>`,
    `It signs you in, once, within ${duration(worksMs)}. Give it to nobody: whoever uses it sees what you may see.`,
    isPublic
      ? ''
      : '⚠️ It works on the machine Parley runs on only. The operator makes the pages reachable from elsewhere with `PARLEY_PUBLIC_URL`.',
  ]
    .filter((line) => line !== '')
    .join('\n');

export const pageLinkRefused = ({ reason }: MessageDetails['page_link_refused']): string => {
  switch (reason) {
    case 'pages_off':
      return 'This Parley has no pages: the operator has switched them off (`PARLEY_HTTP_PAGES`).';
    case 'not_visible':
      return 'There is no such recording any more, or it is not yours to see: only who asked for it, who is heard in it, and people with **Manage Server** can open it.';
  }
};
