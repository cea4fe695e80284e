import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { personFileNames, plainName, safeFileName } from './file-names.ts';

const cases: [what: string, name: string, expected: string][] = [
  ['a plain name', 'Ada Lovelace', 'Ada Lovelace'],
  ['accents, composed or not', 'Zoe\u0308', 'Zoë'],
  ['Chinese', '王小明', '王小明'],
  ['Arabic', 'محمد', 'محمد'],
  ['Persian with its joiner', 'می\u200cخواهم', 'می\u200cخواهم'],
  ['an emoji family', '👩\u200d👩\u200d👧 Kim', '👩\u200d👩\u200d👧 Kim'],
  ['a path', '../../etc/passwd', '_.._etc_passwd'],
  ['a Windows path', 'C:\\Windows\\x', 'C__Windows_x'],
  ['dots alone', '..', ''],
  ['a hidden file', '.bashrc', 'bashrc'],
  ['an option', '--help', 'help'],
  ['a home', '~root', 'root'],
  ['a trailing dot and space', 'Bob. . ', 'Bob'],
  ['a device', 'CON', '_CON'],
  ['a device with an ending', 'nul.txt', '_nul.txt'],
  ['a device with a space', 'aux file', '_aux file'],
  ['a numbered device', 'Com1', '_Com1'],
  ['a superscript device', 'LPT²', '_LPT²'],
  ['no device', 'Conrad', 'Conrad'],
  ['what shells and systems read', 'a<b>c:d"e|f?g*h', 'a_b_c_d_e_f_g_h'],
  ['a bidirectional override', 'invoice\u202Egpj.exe', 'invoicegpj.exe'],
  ['bidirectional isolates and marks', '\u2066a\u2069\u200fb', 'ab'],
  ['zero widths', 'a\u200bb\ufeffc', 'abc'],
  ['a lone joiner', '\u200d', ''],
  ['fillers that look empty', '\u3164\u115f', ''],
  ['lines and tabs', 'a\r\nb\tc\u2028d', 'a b c d'],
  ['a null', 'a\0b', 'ab'],
  ['a torn surrogate', 'a\ud83d', 'a_'],
  ['nothing', '', ''],
  ['spaces of many kinds', '\u00a0\u3000 x \u2003', 'x'],
  ['a very long name', 'x'.repeat(500), 'x'.repeat(100)],
  ['a long name of long characters', '王'.repeat(99), '王'.repeat(33)],
  ['a long name that would end inside of a character', `${'x'.repeat(99)}é`, 'x'.repeat(99)],
  ['a character of a thousand marks', `a${'\u0301'.repeat(1000)}`, ''],
];
for (const [what, name, expected] of cases) {
  test(`as a file name: ${what}`, () => assert.equal(safeFileName(name), expected));
}

test('whatever somebody is called, the file name is one name of a file', () => {
  const anything = fc.string({ unit: 'binary', maxLength: 80 });
  fc.assert(
    fc.property(anything, (name) => {
      const [file = ''] = personFileNames([{ userId: '7', displayName: name }]).values();
      assert.match(file, /^01 \S/u);
      assert.doesNotMatch(file, /[<>:"/\\|?*\p{Cc}\u202a-\u202e\u2066-\u2069]|[. ]$/u);
      assert.ok(Buffer.byteLength(file) <= 110 && file.isWellFormed());
    }),
  );
});

test('people of one name, and without any, are kept apart and in order', () => {
  const people = [
    { userId: '11', displayName: 'Kim' },
    { userId: '12', displayName: 'kim' },
    { userId: '13', displayName: '///' },
    { userId: '14', displayName: '\u202e' },
  ];
  assert.deepEqual([...personFileNames(people).values()], ['01 Kim', '02 kim', '03 ___', '04 14']);
  const many = Array.from({ length: 120 }, (_, i) => ({ userId: String(i), displayName: 'x' }));
  const names = [...personFileNames(many).values()];
  assert.deepEqual([names[0], names[119]], ['001 x', '120 x']);
  assert.deepEqual(names.toSorted(), names);
});

test('a label is one line', () => {
  assert.equal(plainName(' a\tb\n"c" \u202e/ '), 'a b "c" /');
});
