/** What a key does on the session page. */
export const shortcuts = {
  toggle: { keys: [' ', 'k'], shown: 'Space or K', says: 'play or pause' },
  back10: { keys: ['j'], shown: 'J', says: '10 s back' },
  forward10: { keys: ['l'], shown: 'L', says: '10 s on' },
  back5: { keys: ['ArrowLeft'], shown: '←', says: '5 s back' },
  forward5: { keys: ['ArrowRight'], shown: '→', says: '5 s on' },
  start: { keys: ['Home'], shown: 'Home', says: 'to the beginning' },
  end: { keys: ['End'], shown: 'End', says: 'to the end' },
  closer: { keys: ['+', '='], shown: '+', says: 'look closer' },
  wider: { keys: ['-'], shown: '−', says: 'look wider' },
  faster: { keys: ['>'], shown: '>', says: 'faster' },
  slower: { keys: ['<'], shown: '<', says: 'slower' },
  note: { keys: ['n'], shown: 'N', says: 'set a note here' },
  search: { keys: ['/'], shown: '/', says: 'search what was said' },
  help: { keys: ['?'], shown: '?', says: 'this list' },
} as const;

export type Shortcut = keyof typeof shortcuts;

const byKey = new Map<string, Shortcut>(
  Object.entries(shortcuts).flatMap(([name, { keys }]) => keys.map((key) => [key, name as Shortcut] as const)),
);

export interface KeyPress {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** The shortcut a key press stands for; null where somebody types, or where the key belongs to a control or to the browser. */
export const shortcutOf = (
  press: KeyPress,
  target: { tagName: string; isEditable: boolean } | null,
): Shortcut | null => {
  if (press.altKey || press.ctrlKey || press.metaKey || target?.isEditable === true) return null;
  const shortcut = byKey.get(press.key.length === 1 ? press.key.toLowerCase() : press.key) ?? null;
  const isControl = target !== null && /^(?:BUTTON|A|SUMMARY|SELECT)$/.test(target.tagName);
  return isControl && press.key === ' ' ? null : shortcut;
};

export const rates = [0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** The next rate up or down; the ends stay. */
export const nextRate = (rate: number, step: 1 | -1): number => {
  const index = rates.findIndex((one) => one >= rate);
  return rates[Math.min(rates.length - 1, Math.max(0, (index < 0 ? rates.length - 1 : index) + step))] ?? 1;
};
