import { toContentDisposition } from './contentDisposition';

test.each([
  ['pose.png', 'inline; filename="pose.png"'],
  ['a "b"\\c.png', `inline; filename="a _b__c.png"; filename*=UTF-8''a%20%22b%22%5Cc.png`],
  [
    'naïve (1)*.png',
    `inline; filename="na_ve (1)*.png"; filename*=UTF-8''na%C3%AFve%20%281%29%2A.png`,
  ],
  ['50%.png', `inline; filename="50_.png"; filename*=UTF-8''50%25.png`],
  ['猫.png', `inline; filename="_.png"; filename*=UTF-8''%E7%8C%AB.png`],
])('%s', (filename, header) => {
  expect(toContentDisposition(filename, 'image/png')).toBe(header);
});

test.each([
  ['video/mp4', 'inline'],
  ['text/plain; charset=utf-8', 'inline'],
  ['image/svg+xml', 'attachment'],
  ['text/html', 'attachment'],
  ['application/octet-stream', 'attachment'],
])('%s is %s', (mimeType, disposition) => {
  expect(toContentDisposition('x', mimeType)).toBe(`${disposition}; filename="x"`);
});
