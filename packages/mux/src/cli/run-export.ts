import { exportRecording } from '../export/export-recording.ts';
import { formatTimeText } from '../export/time-text.ts';
import type { CliArguments } from './arguments.ts';
import { exitCode } from './exit-codes.ts';
import type { CliContext } from './run-cli.ts';

/** `--export`: a line for every tenth to people, every hundredth to programs; then the file. @throws as `exportRecording` */
export const runExport = async (options: CliArguments, { env, output, signal }: CliContext): Promise<number> => {
  const { folder, json, wish, dataDir, fetchFfmpeg: allowFetch } = options;
  if (wish === null) throw new RangeError('runExport: the command line asks for no export');
  let told = '';
  const onProgress = (fraction: number): void => {
    if (json) output.out(JSON.stringify({ type: 'progress', phase: 'export', fraction }));
    const line = `export ${Math.floor(fraction * 10) * 10} %`;
    if (!json && line !== told) output.err(line);
    told = line;
  };
  const ffmpeg = { env, dataDir, allowFetch, onProgress: (line: string) => output.err(line) };
  const { file, bytes, samples, people, live, fromSample, toSample } = await exportRecording(folder, {
    ...{ ...wish, ffmpeg, signal, onProgress },
  });
  if (json) {
    const result = {
      file,
      bytes,
      durationMs: samples / 48,
      fromMs: fromSample / 48,
      toMs: toSample / 48,
      people,
      live,
    };
    output.out(JSON.stringify({ type: 'exported', ...result }));
  } else {
    const who = `${people.length} ${people.length === 1 ? 'person' : 'people'}`;
    output.out(`${file}: ${bytes} bytes, ${formatTimeText(samples)}, ${who}${live ? ', still being recorded' : ''}`);
  }
  return exitCode.done;
};
