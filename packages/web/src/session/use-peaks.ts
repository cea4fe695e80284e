import type { ApiRecording } from '@parley/protocol/api';
import { useEffect, useState } from 'react';
import { useServices } from '../app/services.ts';
import { decodePeaks, type PeakPyramid } from '../timeline/peak-pyramid.ts';

/** The levels of every lane, each shown as soon as it is there; a lane whose levels cannot be had stays a line. */
export const usePeaks = ({ id, lanes }: ApiRecording): ReadonlyMap<string, PeakPyramid> => {
  const { api } = useServices();
  const [peaks, setPeaks] = useState<ReadonlyMap<string, PeakPyramid>>(new Map());
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    for (const { userId, peaksUrl } of lanes) {
      if (peaksUrl === null) continue;
      api.call('peaks', { params: { id, userId }, signal }).then(
        (answer) => {
          if (!signal.aborted) setPeaks((before) => new Map(before).set(userId, decodePeaks(answer)));
        },
        () => undefined,
      );
    }
    return () => controller.abort();
  }, [api, id, lanes]);
  return peaks;
};
