import { eventually, type SmtpSink } from '@avatarforge/testing';
import type { Api } from './api';
import { WISH } from './wishes';

/** Letters, and the links in them. */
export function emails(api: Api, sink: () => SmtpSink): void {
  const ADDRESS = 'someone@example.com';
  const lettersSent = () => sink().letters.length;

  describe('a letter', () => {
    test('comes when the pictures are there, and says how to have no more of them', async () => {
      const before = lettersSent();
      await api.ask('createGeneration', { body: { ...WISH, notify_email: ADDRESS } });
      await eventually(() => lettersSent() > before, { timeoutMs: 60_000 });
      const { text, subject } = sink().letters.at(-1) ?? {};
      expect(subject).toBe('Your picture is ready');
      const [, token = ''] = /\/unsubscribe\/(\S+)/.exec(text ?? '') ?? [];

      const asked = await api.ask('showUnsubscribe', { params: { token } });
      expect(asked.bytes.toString()).toContain(ADDRESS);
      const done = await api.ask('unsubscribe', { params: { token } });
      expect(done.bytes.toString()).toContain('Nothing more is sent to');
      await api.refused('unsubscribe', 'not_found', { params: { token: 'nonsense' } });
    });
  });
}
