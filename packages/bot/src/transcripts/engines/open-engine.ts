import { existsSync } from 'node:fs';
import type { Clock } from '@parley/protocol';
import type { JobConfig } from '../job/job-config.ts';
import { TranscriptionError } from '../transcription-error.ts';
import type { Engine } from './engine.ts';
import { OpenAiEngine } from './openai-engine.ts';
import { Pocketsphinx } from './pocketsphinx.ts';
import { findTool } from './run-tool.ts';
import { WhisperCpp } from './whisper-cpp.ts';

/**
 * The recognizer of a job. @param workFolder where programs read and write @throws TranscriptionError `engine_missing`, `model_missing`
 */
export const openEngine = (config: JobConfig['engine'], workFolder: string, clock: Clock): Engine => {
  const { language, concurrency } = config;
  switch (config.provider) {
    case 'openai':
      return new OpenAiEngine({ ...config, model: config.model ?? 'whisper-1', clock });
    case 'whisper_cpp': {
      const program = findTool(config.program, ['whisper-cli', 'whisper-cpp']);
      const { model } = config;
      if (model === null || !existsSync(model)) {
        throw new TranscriptionError('model_missing', model === null ? 'no file is named' : `there is no ${model}`);
      }
      return new WhisperCpp({ program, model, language, workFolder, concurrency });
    }
    case 'pocketsphinx':
      return new Pocketsphinx({
        program: findTool(config.program, ['pocketsphinx_continuous']),
        ...{ workFolder, concurrency },
      });
  }
};
