import { afterAll, describe, expect, it } from 'vitest';
import { startTestRedis } from '../auth/test-site.ts';
import { startFakeMailServer } from './fake-mail-server.ts';
import { createMailbox } from './mailbox.ts';
import { createMailboxMailer, createSmtpMailer } from './mailer.ts';

const redis = await startTestRedis();

const servers: { close(): void }[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

async function startMailServer(options?: { refuses: boolean }) {
  const server = await startFakeMailServer(options);
  servers.push(server);
  return server;
}

const mail = { to: 'ada@example.com', subject: '123456 is your Inkpot code', text: '123456 is your code.' };
const from = 'Inkpot <no-reply@inkpot.example>';

describe('mail', () => {
  it('goes to the mail server', async () => {
    const { url, taken } = await startMailServer();
    await createSmtpMailer({ url, from }).send(mail);
    expect(taken).toHaveLength(1);
    expect(taken[0]).toContain('From: Inkpot <no-reply@inkpot.example>');
    expect(taken[0]).toContain('To: ada@example.com');
    expect(taken[0]).toContain('Subject: 123456 is your Inkpot code');
    expect(taken[0]).toContain('\n\n123456 is your code.');
  });

  it('fails when the mail server refuses it, or is not there', async () => {
    const { url } = await startMailServer({ refuses: true });
    await expect(createSmtpMailer({ url, from }).send(mail)).rejects.toThrow('nobody of that name');
    await expect(createSmtpMailer({ url: 'smtp://127.0.0.1:1', from }).send(mail)).rejects.toThrow();
  });

  it('without a mail server stays in the mailbox, newest first, the last 50', async () => {
    const mailbox = createMailbox(redis, () => 1_795_348_800_000);
    const mailer = createMailboxMailer(mailbox);
    for (let n = 1; n <= 60; n++) await mailer.send({ ...mail, subject: `Mail ${n}` });
    const kept = await mailbox.list();
    expect(kept).toHaveLength(50);
    expect(kept[0]).toEqual({ ...mail, subject: 'Mail 60', sentAt: 1_795_348_800_000 });
    expect(kept.at(-1)?.subject).toBe('Mail 11');
    expect(await createMailbox(redis).list()).toEqual(kept);
  });
});
