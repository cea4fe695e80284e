import { randomUUID } from 'node:crypto';
import type { Settings } from '../config/settings-schema.ts';
import { openBrain } from '../transcripts/service/open-transcription.ts';
import { MemoryService, type MemoryServiceOptions } from './memory-service.ts';
import { keywordCheck, modelCheck, noSafetyCheck, type SafetyCheck } from './recorder/safety-check.ts';

/** The safety check of the settings; the model's is none where no text model is set. */
export const safetyOf = ({ memory }: Pick<Settings, 'memory'>, model: MemoryServiceOptions['model']): SafetyCheck => {
  const { safetyCheck, safetyResources: resources, safetyRoute: route, safetyWords } = memory;
  if (safetyCheck === 'keywords') return keywordCheck(safetyWords, { route, resources });
  return safetyCheck === 'model' && model !== null ? modelCheck(model, { route, resources }) : noSafetyCheck;
};

/** The memory of this installation, as its settings want it. */
export const openMemory = (options: Omit<MemoryServiceOptions, 'model' | 'safety' | 'newId'>): MemoryService => {
  const { settings, clock, logger } = options;
  const model = openBrain(settings, clock);
  if (settings.memory.safetyCheck === 'model' && model === null) {
    logger.warn(
      'memory.safetyCheck is `model`, but no text model is set (brain.baseUrl, brain.model): nothing is checked',
    );
  }
  return new MemoryService({ ...options, model, safety: safetyOf(settings, model), newId: randomUUID });
};
