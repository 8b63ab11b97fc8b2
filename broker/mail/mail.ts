/** A mail as our rooms write it: plain text, to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Mailer {
  /** @throws Error when the mail server did not take it. */
  send(mail: Mail): Promise<void>;
}
