/** The part of a recording that is seen: from where, and how many milliseconds a pixel holds. */
export interface TimelineView {
  readonly durationMs: number;
  readonly widthPx: number;
  readonly fromMs: number;
  readonly msPerPx: number;
}

/** The closest look: 2 ms a pixel, where a 20 ms packet is ten pixels wide. */
export const closestMsPerPx = 2;

/** The widest look, at which everything is seen. */
export const fitMsPerPx = (durationMs: number, widthPx: number): number =>
  Math.max(closestMsPerPx, durationMs / Math.max(1, widthPx));

/** Everything in sight. */
export const fitted = (durationMs: number, widthPx: number): TimelineView => ({
  durationMs,
  widthPx,
  fromMs: 0,
  msPerPx: fitMsPerPx(durationMs, widthPx),
});

const within = (view: TimelineView): TimelineView => {
  const msPerPx = Math.min(Math.max(view.msPerPx, closestMsPerPx), fitMsPerPx(view.durationMs, view.widthPx));
  const last = Math.max(0, view.durationMs - view.widthPx * msPerPx);
  return { ...view, msPerPx, fromMs: Math.min(Math.max(0, view.fromMs), last) };
};

export const endMs = (view: TimelineView): number =>
  Math.min(view.durationMs, view.fromMs + view.widthPx * view.msPerPx);

export const xOf = (view: TimelineView, ms: number): number => (ms - view.fromMs) / view.msPerPx;

export const msAt = (view: TimelineView, x: number): number =>
  Math.min(view.durationMs, Math.max(0, view.fromMs + x * view.msPerPx));

/** Looks closer (`factor` < 1) or wider, with what is at pixel `x` staying there. */
export const zoomed = (view: TimelineView, factor: number, x: number): TimelineView => {
  const at = view.fromMs + x * view.msPerPx;
  const { msPerPx } = within({ ...view, msPerPx: view.msPerPx * factor });
  return within({ ...view, msPerPx, fromMs: at - x * msPerPx });
};

export const scrolled = (view: TimelineView, byMs: number): TimelineView =>
  within({ ...view, fromMs: view.fromMs + byMs });

/** Another width or length; an everything-in-sight view stays one. */
export const resized = (view: TimelineView, widthPx: number, durationMs = view.durationMs): TimelineView => {
  const isFitted = view.msPerPx >= fitMsPerPx(view.durationMs, view.widthPx);
  return isFitted ? fitted(durationMs, widthPx) : within({ ...view, widthPx, durationMs });
};

/** Turns the page when `ms` has left the view; a view that holds it stays as it is. */
export const following = (view: TimelineView, ms: number): TimelineView => {
  const x = xOf(view, ms);
  return x >= 0 && x <= view.widthPx ? view : within({ ...view, fromMs: ms - view.widthPx * view.msPerPx * 0.1 });
};

const steps = [
  100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000,
  3_600_000, 7_200_000,
] as const;

/** Where the ruler has its marks: round times at least `minPx` apart. */
export const rulerMarks = (view: TimelineView, minPx = 72): number[] => {
  const step = steps.find((one) => one / view.msPerPx >= minPx) ?? 14_400_000;
  const marks: number[] = [];
  for (let at = Math.ceil(view.fromMs / step) * step; at <= endMs(view); at += step) marks.push(at);
  return marks;
};
