import type { ReactNode } from 'react';

/** A drawing beside words; the words are said elsewhere. */
const Icon = ({ children }: { readonly children: ReactNode }) => (
  <svg
    aria-hidden="true"
    focusable="false"
    width="20"
    height="20"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="2"
    strokeLinecap="round"
    strokeLinejoin="round"
  >
    {children}
  </svg>
);

export const PlayIcon = () => (
  <Icon>
    <path d="M7 4.5v15l12-7.5z" fill="currentColor" />
  </Icon>
);

export const PauseIcon = () => (
  <Icon>
    <path d="M8 5v14M16 5v14" strokeWidth="4" />
  </Icon>
);

export const BackIcon = () => (
  <Icon>
    <path d="M4 12a8 8 0 1 0 3-6.2M4 4v4h4" />
  </Icon>
);

export const ForwardIcon = () => (
  <Icon>
    <path d="M20 12a8 8 0 1 1-3-6.2M20 4v4h-4" />
  </Icon>
);

export const CloserIcon = () => (
  <Icon>
    <path d="M12 5v14M5 12h14" />
  </Icon>
);

export const WiderIcon = () => (
  <Icon>
    <path d="M5 12h14" />
  </Icon>
);

export const NoteIcon = () => (
  <Icon>
    <path d="M5 3v18M5 4h13l-3 4 3 4H5" />
  </Icon>
);

export const DownloadIcon = () => (
  <Icon>
    <path d="M12 4v11m0 0 4-4m-4 4-4-4M5 20h14" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <path d="M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm5-2 4.5 4.5" />
  </Icon>
);

export const SunIcon = () => (
  <Icon>
    <path d="M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2m0 16v2M4.9 4.9l1.4 1.4m11.4 11.4 1.4 1.4M2 12h2m16 0h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4" />
  </Icon>
);

export const MoonIcon = () => (
  <Icon>
    <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" />
  </Icon>
);

export const VolumeIcon = () => (
  <Icon>
    <path d="M4 10v4h4l5 4V6L8 10zm13-1.5a5 5 0 0 1 0 7" />
  </Icon>
);

export const HelpIcon = () => (
  <Icon>
    <path d="M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 1.9v.8M12 18h.01" />
  </Icon>
);

export const BinIcon = () => (
  <Icon>
    <path d="M4 7h16M10 3h4M6 7l1 14h10l1-14M10 11v6m4-6v6" />
  </Icon>
);
