import { z } from 'zod';
import type { Operation } from '../operation';

const TokenParams = z.object({ token: z.string().describe('Stands in every letter.') });

/** Links that stand in letters: open to whoever has the letter. */
export const emailOperations = {
  showUnsubscribe: {
    method: 'get',
    path: '/unsubscribe/{token}',
    tag: 'Email',
    summary: 'A page that asks whether letters are to end',
    description: 'Looking at it changes nothing: programs look at the links in letters, too.',
    scope: null,
    params: TokenParams,
    status: 200,
    response: null,
    contentType: 'text/html',
    problems: ['not_found'],
  },
  unsubscribe: {
    method: 'post',
    path: '/unsubscribe/{token}',
    tag: 'Email',
    summary: 'Send no more letters to this address',
    description: 'As RFC 8058 has it: a mail program may send it with one click.',
    scope: null,
    params: TokenParams,
    status: 200,
    response: null,
    contentType: 'text/html',
    problems: ['not_found'],
  },
} as const satisfies Record<string, Operation>;
