import { cleanFilename } from './cleanFilename';

test.each([
  ['pose.png', 'pose.png'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\pictures\\me.jpg', 'me.jpg'],
  ['a\u0000b\r\n\u001b[31m.png', 'ab[31m.png'],
  ['gnp.\u202eexe', 'gnp.exe'],
  ['  ', 'image'],
  ['folder/', 'image'],
  ['👩‍🎤 übung.png', '👩‍🎤 übung.png'],
  ['half \ud83d.png', 'half \ufffd.png'],
])('%j becomes %j', (name, clean) => {
  expect(cleanFilename(name)).toBe(clean);
});

test('a long name keeps its ending and has 255 bytes at most, none of them half a character', () => {
  const clean = cleanFilename(`${'é'.repeat(300)}.jpeg`);
  expect(clean).toMatch(/^é+\.jpeg$/);
  expect(Buffer.byteLength(clean)).toBe(255);
});
