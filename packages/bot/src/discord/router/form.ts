import { ComponentType, TextInputStyle } from 'discord.js';
import type { Command } from '../commands/command.ts';

/** As long as the prefix of a command's button, so that whatever fits there fits here. */
const formIdPrefix = 'parley:ask:';

/** Discord's limits of a modal (documentation: "Modal", "Text Input"): title and label, value. */
const maxLabelLength = 45;
const maxValueLength = 4000;

/** The text command a form completes; null when the custom id is none of a form. */
export const lineOfFormId = (customId: string): string | null =>
  customId.startsWith(formIdPrefix) ? customId.slice(formIdPrefix.length) : null;

/** The name of the one field a form has. */
export const formField = 'value';

/** The form that asks for a text an incomplete command lacks; null when what lacks is no text. */
export const formFor = (command: Command, missing: string, line: string) => {
  const option = command.options[missing];
  if (option?.kind !== 'text') return null;
  return {
    title: clip(command.says),
    custom_id: `${formIdPrefix}${line}`,
    components: [
      {
        type: ComponentType.ActionRow as const,
        components: [
          {
            type: ComponentType.TextInput as const,
            custom_id: formField,
            style: option.maxLength > 100 ? TextInputStyle.Paragraph : TextInputStyle.Short,
            label: clip(option.says),
            max_length: Math.min(option.maxLength, maxValueLength),
            required: true,
          },
        ],
      },
    ],
  };
};

const clip = (text: string): string =>
  [...text].length <= maxLabelLength ? text : `${[...text].slice(0, maxLabelLength - 1).join('')}…`;
