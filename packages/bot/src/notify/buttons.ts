/** A button under a message: a text command whoever presses it gives, something the router keeps under an id, or a link (`fitsLinkButton`). */
export type Button = {
  /** At most 80 characters are shown. */
  readonly label: string;
  /** Default grey. */
  readonly style?: 'grey' | 'blue' | 'green' | 'red';
  readonly disabled?: boolean;
} & ({ readonly line: string } | { readonly customId: string } | { readonly url: string });

/** Discord's numbers (documentation: "Message Components", button styles; a custom id has at most 100 characters, a URL 512). */
const styles = { blue: 1, grey: 2, green: 3, red: 4 } as const satisfies Record<string, number>;
const linkStyle = 5;
const maxCustomIdLength = 100;
const maxUrlLength = 512;
const perRow = 5;
const maxRows = 5;

const commandIdPrefix = 'parley:run:';

/** One row of buttons as Discord's API takes it (component types 1 and 2). */
export interface ButtonRow {
  readonly type: 1;
  readonly components: ({
    readonly type: 2;
    readonly label: string;
    readonly disabled?: boolean;
  } & (
    | { readonly style: 1 | 2 | 3 | 4; readonly custom_id: string }
    | { readonly style: typeof linkStyle; readonly url: string }
  ))[];
}

/** Whether Discord takes a URL for a button: it refuses names without a dot, such as `localhost`, and bare addresses may fare no better. */
export const fitsLinkButton = (url: string): boolean =>
  url.length <= maxUrlLength && /\.[a-z][a-z\d-]*$/i.test(new URL(url).hostname);

/** The text command of a button's custom id; null when it is none. */
export const lineOfCustomId = (customId: string): string | null =>
  customId.startsWith(commandIdPrefix) ? customId.slice(commandIdPrefix.length) : null;

/** @throws RangeError for a line that does not fit into Discord's custom id: a defect of whoever made the button. */
export const customIdOf = (button: Exclude<Button, { readonly url: string }>): string => {
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
        label: [...button.label].slice(0, 80).join(''),
        ...('url' in button
          ? { style: linkStyle, url: button.url }
          : { style: styles[button.style ?? 'grey'], custom_id: customIdOf(button) }),
        ...(button.disabled === true ? { disabled: true } : {}),
      })),
    });
  }
  return rows;
};
