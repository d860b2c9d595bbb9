import { AppError } from '@avatarforge/core';
import { toInstanceUrl } from './instanceUrl';

test.each([
  ['http://GPU-7:8188/', 'http://gpu-7:8188'],
  ['HTTP://gpu-7:80', 'http://gpu-7'],
  ['https://gpu-7:443/comfy//', 'https://gpu-7/comfy'],
  ['http://[::1]:8188', 'http://[::1]:8188'],
  ['http://ann:secret@gpu-7:8188', 'http://ann:secret@gpu-7:8188'],
])('%s is kept as %s', (text, kept) => {
  expect(toInstanceUrl(text)).toBe(kept);
});

test.each([
  ...['', 'gpu-7', 'gpu-7:8188', 'ftp://gpu-7', 'file:///etc/passwd', 'http://', 'javascript:1'],
  ...['http://a?b', 'http://a#b', 'http://ann:half/half@gpu-7:8188'],
])('%j is no address of an instance', (text) => {
  expect(() => toInstanceUrl(text)).toThrow(AppError);
});
