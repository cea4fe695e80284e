const key = 'parley.theme';
export type Theme = 'light' | 'dark' | 'system';

export const chosenTheme = (): Theme => {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
};

/** Sets the theme, and keeps the choice where storage allows it. */
export const chooseTheme = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, theme);
  } catch {
    // It then holds until the page is left.
  }
  dispatchEvent(new Event('parley-theme'));
};
