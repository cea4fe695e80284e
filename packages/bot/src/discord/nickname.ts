/** What the bot's nickname begins with while it records. */
export const recordingPrefix = '[REC] ';
/** Discord's limit of a nickname. */
export const maxNicknameLength = 32;

/** The nickname that says so: the prefix before the name people know, cut to 32 UTF-16 units without halving a character. */
export const recordingNickname = (name: string): string => {
  const marked = `${recordingPrefix}${withoutPrefix(name)}`;
  return marked.length <= maxNicknameLength
    ? marked
    : marked
        .slice(0, maxNicknameLength)
        .replace(/[\uD800-\uDBFF]$/, '')
        .trimEnd();
};

/** A name without the prefix that a crash may have left; repeated prefixes go too. */
export const withoutPrefix = (name: string): string => {
  let bare = name;
  while (bare.startsWith(recordingPrefix.trimEnd())) bare = bare.slice(recordingPrefix.trimEnd().length).trimStart();
  return bare;
};
