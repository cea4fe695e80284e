import { barHeight, type PeakPyramid, peakBetween } from './peak-pyramid.ts';
import { msAt, type TimelineView } from './view.ts';

/** One bar is so many pixels wide, with one pixel between two. */
const barPx = 2;
const pitchPx = 3;

export interface LaneLook {
  readonly colour: string;
  readonly faint: string;
}

/** Draws the levels in view: a bar every three pixels around the middle, a hairline where nobody speaks. */
export const drawLane = (
  canvas: HTMLCanvasElement,
  view: TimelineView,
  peaks: PeakPyramid,
  heightPx: number,
  look: LaneLook,
): void => {
  const scale = devicePixelRatio || 1;
  canvas.width = Math.round(view.widthPx * scale);
  canvas.height = Math.round(heightPx * scale);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(scale, scale);
  const middle = heightPx / 2;
  context.fillStyle = look.faint;
  context.fillRect(0, middle - 0.5, view.widthPx, 1);
  context.fillStyle = look.colour;
  context.beginPath();
  for (let x = 0; x < view.widthPx; x += pitchPx) {
    const half = (barHeight(peakBetween(peaks, msAt(view, x), msAt(view, x + pitchPx))) * (heightPx - 6)) / 2;
    if (half >= 0.5) context.roundRect(x, middle - half, barPx, half * 2, 1);
  }
  context.fill();
};
