/**
 * The text of `JSON.stringify(value, null, 2)`, piece by piece: a member of the outermost object at a time, of an array there an element.
 * A recording has thousands of segments; as one string they would take several times their size in memory.
 */
export function* jsonPieces(value: unknown): Generator<string, void, undefined> {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || 'toJSON' in value) {
    yield textOf(value, '');
    return;
  }
  const members = Object.entries(value).filter(([, member]) => isSaid(member));
  if (members.length === 0) {
    yield '{}';
    return;
  }
  let before = '{\n';
  for (const [key, member] of members) {
    yield `${before}  ${JSON.stringify(key)}: `;
    if (Array.isArray(member) && member.length > 0) yield* elements(member);
    else yield textOf(member, '  ');
    before = ',\n';
  }
  yield '\n}';
}

function* elements(array: readonly unknown[]): Generator<string, void, undefined> {
  let before = '[\n';
  for (const element of array) {
    yield `${before}    ${isSaid(element) ? textOf(element, '    ') : 'null'}`;
    before = ',\n';
  }
  yield '\n  ]';
}

/** Whether JSON has words for a value. */
const isSaid = (value: unknown): boolean =>
  value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';

/** The text of a value whose further lines begin with `indent`; no text has line breaks of its own. */
const textOf = (value: unknown, indent: string): string =>
  JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
