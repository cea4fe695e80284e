/** How far around a talk-spurt the least delayed packet is looked for: 15 s. */
export const NEAR_SAMPLES = 15 * 48_000;
/** How far to tell a delay, which ends, from a step of the sender's clock, which stays: 30 s. */
export const FAR_SAMPLES = 30 * 48_000;
/** Levels further apart than this (15 ms) are not one level that drifts. */
export const STEP_SAMPLES = 720;
/** Packets are never later than this (2 s): more is a step. */
const LONGEST_DELAY_SAMPLES = 2 * 48_000;
/** voxproc follows a clock that stepped by more than this (200 ms) by itself, and no delay as long as it is one. */
const FOLLOWED_SAMPLES = 9600;
/** So many points, a second each, are not all late. */
const MANY_POINTS = 4;

/** One talk-spurt of a person, with the points of its packets. All in samples of the recording's clock. */
export interface LevelUnit {
  /** Where voxproc put it. */
  readonly from: number;
  readonly to: number;
  /** voxproc's own (position - RTP) for it. */
  readonly offset: number;
  /** `[arrival, arrival - RTP]`, ordered by arrival. */
  readonly points: readonly (readonly [arrival: number, offset: number])[];
}

interface Side {
  /** The least offset of the far window and of the near one, Infinity without a point. */
  readonly far: number;
  readonly near: number;
  readonly points: number;
}

/** The least delayed packets among the units from `first` to `last` that arrived in the windows around `[from, to]`. */
const sideOf = (units: readonly LevelUnit[], index: number, step: -1 | 1, from: number, to: number): Side => {
  let [far, near, points] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  const [least, most] = step < 0 ? [from - FAR_SAMPLES, to] : [from, to + FAR_SAMPLES];
  for (let at = index; at >= 0 && at < units.length; at += step) {
    const unit = units[at] as LevelUnit;
    if (step < 0 ? unit.to < least - LONGEST_DELAY_SAMPLES : unit.from > most + LONGEST_DELAY_SAMPLES) break;
    // Packets arrive after their place: those of the talk-spurt itself count whenever they came, unless it is a very long one.
    const isOwn = at === index && unit.to - unit.from <= 2 * NEAR_SAMPLES;
    for (const [arrival, offset] of unit.points) {
      if (!isOwn && (arrival < least || arrival > most)) continue;
      points += 1;
      far = Math.min(far, offset);
      if (isOwn || (step < 0 ? arrival >= from - NEAR_SAMPLES : arrival <= to + NEAR_SAMPLES))
        near = Math.min(near, offset);
    }
  }
  return { far, near, points };
};

/** The near level, or the far one where all that is near was late. */
const levelOf = ({ far, near }: Pick<Side, 'far' | 'near'>): number => (near - far > STEP_SAMPLES ? far : near);

/** Points in a row around a talk-spurt, on both sides and within the far window, that came later than the lower level by a step. */
const highRun = (units: readonly LevelUnit[], index: number, low: number): number => {
  const { from, to } = units[index] as LevelUnit;
  let run = 0;
  for (const step of [-1, 1] as const) {
    for (let at = step < 0 ? index : index + 1; at >= 0 && at < units.length; at += step) {
      const unit = units[at] as LevelUnit;
      if (unit.to < from - FAR_SAMPLES || unit.from > to + FAR_SAMPLES) break;
      if (unit.points.some(([, offset]) => offset <= low + STEP_SAMPLES)) break;
      run += unit.points.length;
    }
  }
  return run;
};

/** Whether two levels differ because the sender's clock stepped between them, and not because packets were late for a while. */
const isStep = (units: readonly LevelUnit[], index: number, before: Side, after: Side): boolean => {
  if (before.points === 0 || after.points === 0) return false;
  const apart = Math.abs(after.far - before.far);
  if (apart <= STEP_SAMPLES) return false;
  if (apart > LONGEST_DELAY_SAMPLES) return true;
  const { offset } = units[index] as LevelUnit;
  const followed = after.far - before.far > FOLLOWED_SAMPLES && offset - after.far > -STEP_SAMPLES;
  return followed || highRun(units, index, Math.min(before.far, after.far)) >= MANY_POINTS;
};

/** The offset of the point that arrived nearest to a talk-spurt without one of its own. */
const nearestOffset = (units: readonly LevelUnit[], index: number): number => {
  const { from, offset } = units[index] as LevelUnit;
  let [last, next] = [index - 1, index + 1];
  while (last >= 0 && units[last]?.points.length === 0) last -= 1;
  while (next < units.length && units[next]?.points.length === 0) next += 1;
  const before = units[last]?.points.at(-1);
  const after = units[next]?.points[0];
  if (before === undefined || after === undefined) return (before ?? after)?.[1] ?? offset;
  return from - before[0] < after[0] - from ? before[1] : after[1];
};

/**
 * The level of (arrival - RTP) at one talk-spurt of one SSRC's: the least delayed packet around it, because jitter and stalls only
 * ever add delay. A level that returns within 30 s was delay. One that stays away is a step of the sender's clock: then only the
 * talk-spurt's own side of it counts. That is the higher one, for its own points are on both sides; without a point of its own, the
 * one that voxproc followed, or the nearest point shows.
 * @returns null when no packet is near
 */
export const levelAt = (units: readonly LevelUnit[], index: number): number | null => {
  const { from, to, offset, points } = units[index] as LevelUnit;
  // The middle of a long talk-spurt stands for all of it: its ends have drifted apart.
  const middle = (from + to) / 2;
  const half = Math.min((to - from) / 2, NEAR_SAMPLES);
  const before = sideOf(units, index, -1, middle - half, middle + half);
  const after = sideOf(units, index, 1, middle - half, middle + half);
  if (!isStep(units, index, before, after)) {
    const level = levelOf({ far: Math.min(before.far, after.far), near: Math.min(before.near, after.near) });
    return Number.isFinite(level) ? level : null;
  }
  if (points.length > 0) return levelOf(after.far > before.far ? after : before);
  const followed = Math.abs(after.far - before.far) > FOLLOWED_SAMPLES;
  const shown = followed ? offset : nearestOffset(units, index);
  return levelOf(Math.abs(after.far - shown) < Math.abs(before.far - shown) ? after : before);
};
