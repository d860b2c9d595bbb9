export { composeLetter, type Letter, type LetterContext } from './composeLetter';
export { createMailer, MailError, type Mailer, type Posting } from './mailer';
