/** Bytes of UTF-8 a person's name may take in a file name: file systems take 255, and number and ending come on top. */
const MAX_NAME_BYTES = 100;

/** Device names of Windows, which mean the device with any ending too. */
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=$|\.| )/i;

/**
 * Characters that do not show: controls, bidirectional overrides, zero widths, private use, unassigned. The joiners stay where
 * emoji and many scripts need them.
 */
const invisible = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u115f\u1160\u3164\uffa0]/gu;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** As many whole characters, as people see them, as fit. One that alone is too long goes. */
const shortened = (text: string, maxBytes: number): string => {
  let kept = '';
  let bytes = 0;
  for (const { segment } of graphemes.segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes) break;
    kept += segment;
  }
  return kept;
};

/** A name on one line, without what does not show: for labels and titles. Pure; '' when nothing shows. */
export const plainName = (name: string): string =>
  name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\t-\r\u0085\u2028\u2029]/g, ' ')
    .replace(invisible, '')
    .replace(/\s+/gu, ' ')
    .replace(/^(?:\u200c|\u200d| )+|(?:\u200c|\u200d| )+$/gu, '');

/**
 * What of a person's name a file can be called on any system, as readable as it was: no separators, no reserved names, no leading or
 * trailing dots, at most 100 bytes. '' when nothing of it is left. Pure.
 */
export const safeFileName = (name: string): string => {
  const plain = plainName(name)
    .replace(/[<>:"/\\|?*\ufffd]/g, '_')
    .replace(/^[. ~-]+/, '');
  const short = shortened(plain, MAX_NAME_BYTES).replace(/(?:\u200c|\u200d|[. ])+$/, '');
  return reserved.test(short) ? `_${short}` : short;
};

/**
 * A file name for each person, without ending: a number that keeps them apart and in order, and the name (the id where no name is left).
 * Pure.
 */
export const personFileNames = (
  people: readonly { readonly userId: string; readonly displayName: string }[],
): ReadonlyMap<string, string> => {
  const digits = Math.max(2, String(people.length).length);
  return new Map(
    people.map(({ userId, displayName }, i) => {
      const name = safeFileName(displayName) || safeFileName(userId) || 'person';
      return [userId, `${String(i + 1).padStart(digits, '0')} ${name}`];
    }),
  );
};
