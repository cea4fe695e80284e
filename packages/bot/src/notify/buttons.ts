/** A button under a message: a text command whoever presses it gives, or something the router keeps under an id. */
export type Button = {
  /** At most 80 characters are shown. */
  readonly label: string;
  /** Default grey. */
  readonly style?: 'grey' | 'blue' | 'green' | 'red';
  readonly disabled?: boolean;
} & ({ readonly line: string } | { readonly customId: string });

/** Discord's numbers (documentation: "Message Components", button styles; a custom id has at most 100 characters). */
const styles = { blue: 1, grey: 2, green: 3, red: 4 } as const satisfies Record<string, number>;
const maxCustomIdLength = 100;
const perRow = 5;
const maxRows = 5;

const commandIdPrefix = 'parley:run:';

/** One row of buttons as Discord's API takes it (component types 1 and 2). */
export interface ButtonRow {
  readonly type: 1;
  readonly components: {
    readonly type: 2;
    readonly style: 1 | 2 | 3 | 4;
    readonly label: string;
    readonly custom_id: string;
    readonly disabled?: boolean;
  }[];
}

/** The text command of a button's custom id; null when it is none. */
export const lineOfCustomId = (customId: string): string | null =>
  customId.startsWith(commandIdPrefix) ? customId.slice(commandIdPrefix.length) : null;

/** @throws RangeError for a line that does not fit into Discord's custom id: a defect of whoever made the button. */
export const customIdOf = (button: Button): string => {
  const id = 'line' in button ? `${commandIdPrefix}${button.line}` : button.customId;
  if (id.length > maxCustomIdLength) throw new RangeError(`the id of the button "${button.label}" is too long`);
  return id;
};

/** Rows of five; more than 25 buttons do not fit a message and are left out. */
export const buttonRows = (buttons: readonly Button[]): ButtonRow[] => {
  const rows: ButtonRow[] = [];
  for (let at = 0; at < buttons.length && rows.length < maxRows; at += perRow) {
    rows.push({
      type: 1,
      components: buttons.slice(at, at + perRow).map((button) => ({
        type: 2,
        style: styles[button.style ?? 'grey'],
        label: [...button.label].slice(0, 80).join(''),
        custom_id: customIdOf(button),
        ...(button.disabled === true ? { disabled: true } : {}),
      })),
    });
  }
  return rows;
};
