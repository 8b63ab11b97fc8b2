import { createServer, type Socket } from 'node:net';

export interface FakeMailServer {
  readonly url: string;
  /** The mails as they came, headers and all. */
  readonly taken: readonly string[];
  close(): void;
}

/** A mail server that takes every mail (RFC 5321 §4.1), or refuses every recipient. */
export async function startFakeMailServer({ refuses = false } = {}): Promise<FakeMailServer> {
  const taken: string[] = [];
  const serve = (socket: Socket) => {
    let data: string[] | undefined;
    const answer = (line: string) => socket.write(`${line}\r\n`);
    answer('220 mail.example');
    socket.setEncoding('utf8');
    let rest = '';
    socket.on('data', (chunk) => {
      const lines = `${rest}${chunk}`.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (data) {
          if (line !== '.') data.push(line);
          else {
            taken.push(data.join('\n'));
            data = undefined;
            answer('250 taken');
          }
        } else if (/^RCPT/.test(line) && refuses) answer('550 nobody of that name');
        else if (/^DATA/.test(line)) {
          data = [];
          answer('354 go on');
        } else answer(/^QUIT/.test(line) ? '221 bye' : '250 ok');
      }
    });
    socket.on('error', () => undefined);
  };
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `smtp://127.0.0.1:${port}`, taken, close: () => server.close() };
}
