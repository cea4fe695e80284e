import { useState } from 'react';
import { MoonIcon, SunIcon } from '../ui/icons.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Link } from './link.tsx';
import { chooseTheme, chosenTheme } from './theme.ts';

const isDark = (): boolean => {
  const theme = chosenTheme();
  return theme === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
};

/** What stands over every page: home, the theme, who is signed in. */
export const PageHead = () => {
  const [dark, setDark] = useState(isDark);
  return (
    <header className="page-head">
      <Link href="/" className="brand">
        <img src="/parley.svg" alt="" width={28} height={28} />
        Parley
      </Link>
      <nav className="page-nav" aria-label="Account">
        <button
          type="button"
          className="button icon"
          aria-pressed={dark}
          onClick={() => {
            chooseTheme(dark ? 'light' : 'dark');
            setDark(!dark);
          }}
        >
          {dark ? <SunIcon /> : <MoonIcon />}
          <span className="visually-hidden">Dark theme</span>
        </button>
        <AccountMenu />
      </nav>
    </header>
  );
};
