import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the wrapper does when it is to mix: work as ffmpeg does, wait until the mode changes, or fail with words of its own. */
export type FfmpegMode = 'work' | 'wait' | 'fail';

/** The words of a wrapper that fails. */
export const ffmpegFailure = 'Error while filtering: the mixing desk is on fire';

/**
 * A program that stands where ffmpeg is expected. It answers questions about its abilities as the real one does, notes each run, and
 * does with the rest what its mode says.
 */
export class FfmpegWrapper {
  readonly path: string;
  readonly #modeFile: string;
  readonly #runsFile: string;

  private constructor(folder: string) {
    this.path = join(folder, 'ffmpeg-wrapper');
    this.#modeFile = join(folder, 'ffmpeg-mode');
    this.#runsFile = join(folder, 'ffmpeg-runs');
  }

  static async make(folder: string, mode: FfmpegMode): Promise<FfmpegWrapper> {
    const wrapper = new FfmpegWrapper(folder);
    await wrapper.is(mode);
    await writeFile(wrapper.#runsFile, '');
    const script = `#!/bin/sh
echo "$*" >> '${wrapper.#runsFile}'
case " $* " in
  *' -version '*|*' -h '*) exec ffmpeg "$@" ;;
esac
while [ "$(cat '${wrapper.#modeFile}')" = wait ]; do sleep 0.05; done
[ "$(cat '${wrapper.#modeFile}')" = fail ] && echo '${ffmpegFailure}' >&2 && exit 1
exec ffmpeg "$@"
`;
    await writeFile(wrapper.path, script);
    await chmod(wrapper.path, 0o755);
    return wrapper;
  }

  async is(mode: FfmpegMode): Promise<void> {
    await writeFile(this.#modeFile, mode);
  }

  /** The arguments of every run so far, questions about abilities included. */
  async runs(): Promise<string[]> {
    return (await readFile(this.#runsFile, 'utf8')).split('\n').filter(Boolean);
  }
}
