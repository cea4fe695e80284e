/** One thing that is wrong with a setting. */
export interface SettingsProblem {
  readonly code: 'unknown_key' | 'invalid_value' | 'unreadable_file' | 'refused';
  /** Where in the settings: `http.port`; of an unknown key its name as found. */
  readonly path: string;
  /** Where it came from: `environment`, `.env`, `parley.config.json`, `guild`. */
  readonly source: string;
  /** The value as text, secrets masked; null where there is none to show. */
  readonly value: string | null;
  /** What is allowed, in words. */
  readonly allowed: string | null;
  /** The nearest known name of an unknown key. */
  readonly nearest: string | null;
}

/** The settings cannot be used. Lists every problem, each with path, value and what is allowed. Not retryable. */
export class SettingsError extends Error {
  readonly code = 'settings_invalid';
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    super(
      `${problems.length === 1 ? 'a setting is' : `${problems.length} settings are`} wrong:\n${problems
        .map((problem) => `  - ${sentence(problem)}`)
        .join('\n')}`,
    );
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

const sentence = ({ code, path, source, value, allowed, nearest }: SettingsProblem): string => {
  const shown = value === null ? '' : ` = ${value}`;
  switch (code) {
    case 'unknown_key':
      return `${path} (${source}) is no setting${nearest === null ? '' : `; did you mean ${nearest}?`}`;
    case 'invalid_value':
      return `${path}${shown} (${source}): allowed is ${allowed ?? 'something else'}`;
    case 'unreadable_file':
      return `${source} cannot be read: ${allowed ?? 'unknown cause'}`;
    case 'refused':
      return `${path}${shown} (${source}) is refused: ${allowed ?? 'not allowed'}`;
  }
};
