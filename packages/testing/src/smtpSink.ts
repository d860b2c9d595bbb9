import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterTests } from './cleanup';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail server that keeps what it is sent. */
export interface SmtpSink {
  url: string;
  /** The letters that were taken, in order. */
  letters: ParsedMail[];
  /** Every address that somebody wrote to, whether the letter was taken or not. */
  recipients: string[];
  /** What it says from now on to those who write to this address, instead of taking the letter. */
  refuse(address: string, code: number): void;
  /** Takes letters to this address again. */
  accept(address: string): void;
}

/** Starts a mail server on loopback; it is stopped after the tests of the file. */
export async function startSmtpSink(): Promise<SmtpSink> {
  const letters: ParsedMail[] = [];
  const recipients: string[] = [];
  const refusals = new Map<string, number>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      recipients.push(address);
      const code = refusals.get(address);
      done(code === undefined ? null : Object.assign(new Error('not now'), { responseCode: code }));
    },
    onData(stream, _session, done) {
      simpleParser(stream).then(
        (letter) => {
          letters.push(letter);
          done();
        },
        (error: unknown) => {
          done(error as Error);
        },
      );
    },
  });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  afterTests(
    () =>
      new Promise<void>((resolve) => {
        server.close(resolve);
      }),
  );
  const { port } = listening.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    recipients,
    refuse: (address, code) => {
      refusals.set(address, code);
    },
    accept: (address) => {
      refusals.delete(address);
    },
  };
}
