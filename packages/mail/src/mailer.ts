import { createTransport } from 'nodemailer';
import type { Letter } from './composeLetter';

/** A letter to one address. */
export interface Posting {
  to: string;
  letter: Letter;
  /** Names the letter: sent twice, it can be told to be the same. */
  id: string;
  unsubscribeUrl: string;
  /** Small JPEG pictures, by content id. */
  thumbnails: { cid: string; bytes: Buffer }[];
}

/** Sends letters. */
export interface Mailer {
  /** Resolves when the server has taken the letter. @throws MailError */
  send(posting: Posting): Promise<void>;
  close(): void;
}

/** A letter was not taken. */
export class MailError extends Error {
  constructor(
    message: string,
    /** It would be refused again: the server said so of this very letter. */
    readonly isFinal: boolean,
    options: { cause: unknown },
  ) {
    super(message, options);
    this.name = 'MailError';
  }
}

const CONNECT_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 20_000;
const MAX_CONNECTIONS = 3;

/**
 * Connects when there is something to send.
 * @param options.url `smtp://user:password@host:port`, or `smtps://` for TLS from the first byte
 * @param options.from what letters say of their sender, such as `AvatarForge <pictures@example.com>`
 */
export function createMailer(options: { url: string; from: string }): Mailer {
  const transport = createTransport({
    url: options.url,
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    // A letter of ours names no files and no addresses to load.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, letter, id, unsubscribeUrl, thumbnails }) {
      try {
        await transport.sendMail({
          from: options.from,
          // An address, never a list of them.
          to: { name: '', address: to },
          ...letter,
          messageId: `<${id}@avatarforge>`,
          headers: {
            'Auto-Submitted': 'auto-generated',
            'List-Unsubscribe': `<${unsubscribeUrl}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          },
          attachments: thumbnails.map(({ cid, bytes }) => ({
            ...{ cid, content: bytes, filename: `${cid}.jpg` },
            ...{ contentType: 'image/jpeg', contentDisposition: 'inline' as const },
          })),
        });
      } catch (error) {
        throw toMailError(error);
      }
    },
    close() {
      transport.close();
    },
  };
}

/** What SMTP says of a letter with 5xx is so for good; what it says of us (530, 535) is for the operator to repair. */
function toMailError(error: unknown): MailError {
  const { responseCode = 0, command = '' } = error as { responseCode?: number; command?: string };
  const isOfLetter = ['MAIL FROM', 'RCPT TO', 'DATA'].includes(command);
  const isFinal = isOfLetter && responseCode >= 500 && ![530, 535].includes(responseCode);
  const message = error instanceof Error ? error.message : String(error);
  return new MailError(message.slice(0, 500), isFinal, { cause: error });
}
