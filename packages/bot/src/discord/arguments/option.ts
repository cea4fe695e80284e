/** What every argument of a command has. */
interface OptionBase {
  /** What it is, 1 to 100 characters: Discord shows it. */
  readonly says: string;
  readonly required?: boolean;
}

/** One of a few words; in text upper and lower case are the same. */
export interface ChoiceOption<Choice extends string = string> extends OptionBase {
  readonly kind: 'choice';
  /** 1 to 25. */
  readonly choices: readonly Choice[];
}

export interface IntegerOption extends OptionBase {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
}

/** Yes or no. In text the name of the option stands for yes ("everywhere"); absent means no. */
export interface FlagOption extends OptionBase {
  readonly kind: 'flag';
}

/** One word of a form of its own, such as a time. */
export interface WordOption extends OptionBase {
  readonly kind: 'word';
  /** 1 to 100 characters. */
  readonly maxLength: number;
  /** What it has to look like, and how that is said. */
  readonly form?: { readonly pattern: RegExp; readonly like: string };
}

/** Everything to the end of the line; the last of a command's options. Cut nowhere: what is too long is refused. */
export interface TextOption extends OptionBase {
  readonly kind: 'text';
  /** Characters, at most 6000. */
  readonly maxLength: number;
}

/** A person: a mention or an id in text; the value is their id. */
export interface UserOption extends OptionBase {
  readonly kind: 'user';
}

export type Option = ChoiceOption | IntegerOption | FlagOption | WordOption | TextOption | UserOption;

/** The arguments of a command by name (`[a-z-]`), in the order a text command gives them. */
export type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> =
  O extends ChoiceOption<infer Choice> ? Choice : O extends IntegerOption ? number : string;

/** What a handler gets: null for what was not given; a flag is always there. */
export type ArgumentsOf<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends FlagOption
    ? boolean
    : O[Name] extends { readonly required: true }
      ? ValueOf<O[Name]>
      : ValueOf<O[Name]> | null;
};

/** How the arguments are given in text, to be shown: "[format] [from] <text>". */
export const usageOf = (options: Options): string =>
  Object.entries(options)
    .map(([name, option]) => {
      const shown = option.kind === 'choice' && option.choices.length <= 4 ? option.choices.join('|') : name;
      return option.required === true ? `<${shown}>` : `[${shown}]`;
    })
    .join(' ');
