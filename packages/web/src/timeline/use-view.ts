import { type RefObject, useCallback, useEffect, useState } from 'react';
import { fitted, resized, type TimelineView } from './view.ts';

/** The view of a timeline as wide as its element, and the way to change it. */
export const useTimelineView = (
  element: RefObject<HTMLElement | null>,
  durationMs: number,
): readonly [TimelineView, (change: (view: TimelineView) => TimelineView) => void] => {
  const [view, setView] = useState(() => fitted(durationMs, 600));
  useEffect(() => {
    const watched = element.current;
    if (!watched) return undefined;
    const measure = () => setView((before) => resized(before, Math.max(1, watched.clientWidth), durationMs));
    const observer = new ResizeObserver(measure);
    observer.observe(watched);
    measure();
    return () => observer.disconnect();
  }, [element, durationMs]);
  return [view, useCallback((change: (view: TimelineView) => TimelineView) => setView(change), [])];
};
