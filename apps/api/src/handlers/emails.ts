import type { Database } from '@avatarforge/db';
import { getEmailAddress, unsubscribe } from '@avatarforge/services';
import { askPage, donePage } from '../documentation/letterPages';
import type { Handlers } from '../http/router';

type EmailOperation = 'showUnsubscribe' | 'unsubscribe';

/** Links that stand in letters. */
export function emailHandlers(deps: { database: Database }): Pick<Handlers, EmailOperation> {
  return {
    async showUnsubscribe({ params, res }) {
      const address = await getEmailAddress(deps, params);
      res.setHeader('Cache-Control', 'no-store').type('html').send(askPage(address));
      return undefined;
    },

    async unsubscribe({ params, res }) {
      const address = await unsubscribe(deps, params);
      res.setHeader('Cache-Control', 'no-store').type('html').send(donePage(address));
      return undefined;
    },
  };
}
