/** The slash command whose subcommands are all that have none of their own. */
export const parentCommand = 'parley';
