import { useEffect } from 'react';
import { type Shortcut, shortcutOf } from './shortcuts.ts';

/** Does what the keys stand for, anywhere on the page where nobody types. */
export const useShortcuts = (act: Readonly<Record<Shortcut, () => void>>, enabled: boolean): void => {
  useEffect(() => {
    if (!enabled) return undefined;
    const press = (event: KeyboardEvent) => {
      const element = event.target instanceof HTMLElement ? event.target : null;
      const isEditable =
        element !== null && (element.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
      const shortcut = shortcutOf(event, element && { tagName: element.tagName, isEditable });
      if (!shortcut) return;
      event.preventDefault();
      act[shortcut]();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [act, enabled]);
};
