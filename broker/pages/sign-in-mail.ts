import type { Mail } from '../mail/mail.ts';

/** The mail with a sign-in code. The code is in the subject too, so that a notification is enough. */
export function signInMail(to: string, code: string): Mail {
  return {
    to,
    subject: `${code} is your Inkpot code`,
    text: [
      `${code} is your code to sign in to Inkpot.`,
      'It works once, for 10 minutes, in the browser that asked for it.',
      'If you did not ask for it, ignore this mail: without the code nobody can sign in.',
    ].join('\n\n'),
  };
}
