import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPush, valuesOf, wordsOf } from './resp.ts';

/** A command on its way. */
export interface Command {
  readonly words: readonly string[];
  /** The ledger's own name of the script that it runs: `hold`, `advance`, …; null for everything else. */
  readonly script: string | null;
}

export const TCP_FAULTS = ['lost reply', 'black hole', 'reset mid-reply', '3 s delay', 'one-byte chunks'] as const;
export type TcpFault = (typeof TCP_FAULTS)[number];

/** A place at which the traffic is stopped, once. */
export interface Stop {
  /** Resolves when something has been stopped here. */
  readonly reached: Promise<void>;
  /** Lets it go on, or never stops it. */
  release(): void;
}

interface Trap {
  readonly matches: (command: Command) => boolean;
  readonly when: 'before' | 'after';
  act(connection: Connection, reply: Buffer): Promise<'pass' | 'drop'>;
}

interface Connection {
  readonly client: Socket;
  readonly upstream: Socket;
  isBlackHole: boolean;
  isChunked: boolean;
}

/** A TCP proxy before a Redis server that reads the traffic, and can stop or harm exactly one command of it. */
export interface RedisProxy {
  readonly url: string;
  /** Stops the first command that matches before the server sees it, or its reply before the client does. */
  stop(when: 'before' | 'after', matches: (command: Command) => boolean): Stop;
  /** Does a fault to the reply of the first command that matches. @returns when it is done. */
  harm(fault: TcpFault, matches: (command: Command) => boolean): Promise<void>;
  /** Cuts all connections; what is stopped is lost. */
  cut(): void;
  close(): Promise<void>;
}

/** The line in which each script of the ledger says what it is: `-- hold(id, ceiling): OK REPLAY …`. */
const CONTRACT = /^-- (\w+)\(.*\): [A-Z]/m;

const DELAY_MS = 3_000;

export async function startRedisProxy(target: string): Promise<RedisProxy> {
  const url = new URL(target);
  const port = Number(url.port);
  /** By the SHA-1 that later calls name them by. */
  const scripts = new Map<string, string>();
  const traps = new Set<Trap>();
  const connections = new Set<Connection>();

  function commandOf(words: readonly string[]): Command {
    const [verb = '', text = ''] = words;
    if (/^eval$/i.test(verb)) {
      const name = CONTRACT.exec(text)?.[1];
      if (name) scripts.set(createHash('sha1').update(text).digest('hex'), name);
      return { words, script: name ?? null };
    }
    return { words, script: /^evalsha$/i.test(verb) ? (scripts.get(text) ?? null) : null };
  }

  /** Each trap catches one command. */
  async function meet(connection: Connection, command: Command, when: Trap['when'], reply: Buffer) {
    const trap = [...traps].find((candidate) => candidate.when === when && candidate.matches(command));
    if (!trap) return 'pass';
    traps.delete(trap);
    return trap.act(connection, reply);
  }

  async function carry(connection: Connection): Promise<void> {
    const { client, upstream } = connection;
    const waiting: Command[] = [];
    const requests = async () => {
      for await (const bytes of valuesOf(client)) {
        const command = commandOf(wordsOf(bytes));
        if ((await meet(connection, command, 'before', bytes)) === 'drop' || connection.isBlackHole) continue;
        // Subscribing is answered by pushes.
        if (!/^p?(un)?subscribe$/i.test(command.words[0] ?? '')) waiting.push(command);
        upstream.write(bytes);
      }
    };
    const replies = async () => {
      for await (const bytes of valuesOf(upstream)) {
        const command = isPush(bytes) ? undefined : waiting.shift();
        // A server that has not run the script says so, and is sent its text: then comes the reply that counts.
        const counts = command && !bytes.toString('latin1', 0, 9).startsWith('-NOSCRIPT');
        if (counts && (await meet(connection, command, 'after', bytes)) === 'drop') continue;
        if (!connection.isBlackHole) await deliver(connection, bytes);
      }
    };
    // Whoever dies takes the other side along.
    await Promise.race([requests(), replies(), once(client, 'close'), once(upstream, 'close')]).catch(() => undefined);
    client.destroy();
    upstream.destroy();
    connections.delete(connection);
  }

  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) socket.setNoDelay().on('error', () => undefined);
    const connection = { client, upstream, isBlackHole: false, isChunked: false };
    connections.add(connection);
    void carry(connection);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  url.port = String(address.port);

  function cut() {
    for (const { client, upstream } of connections) {
      client.destroy();
      upstream.destroy();
    }
  }
  return {
    url: url.href,
    cut,
    stop(when, matches) {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      const trap: Trap = {
        matches,
        when,
        async act({ client, upstream }) {
          reached.resolve();
          await Promise.race([released.promise, once(client, 'close'), once(upstream, 'close')]);
          return client.destroyed || upstream.destroyed ? 'drop' : 'pass';
        },
      };
      traps.add(trap);
      return {
        reached: reached.promise,
        release() {
          traps.delete(trap);
          released.resolve();
        },
      };
    },
    async harm(fault, matches) {
      const done = Promise.withResolvers<void>();
      traps.add({
        matches,
        when: 'after',
        async act(connection, reply) {
          done.resolve();
          return doHarm(fault, connection, reply);
        },
      });
      await done.promise;
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

async function doHarm(fault: TcpFault, connection: Connection, reply: Buffer): Promise<'pass' | 'drop'> {
  const { client } = connection;
  switch (fault) {
    case 'lost reply':
      client.destroy();
      return 'drop';
    case 'black hole':
      connection.isBlackHole = true;
      return 'drop';
    case 'reset mid-reply':
      // Nothing may follow the half of it: a stream that ends loses no bytes in its middle.
      connection.isBlackHole = true;
      client.write(reply.subarray(0, Math.ceil(reply.length / 2)), () => client.resetAndDestroy());
      return 'drop';
    case '3 s delay':
      await sleep(DELAY_MS);
      return 'pass';
    case 'one-byte chunks':
      connection.isChunked = true;
      return 'pass';
    default:
      return fault satisfies never;
  }
}

async function deliver({ client, isChunked }: Connection, bytes: Buffer): Promise<void> {
  if (!isChunked) {
    client.write(bytes);
    return;
  }
  for (const byte of bytes) {
    await new Promise((written) => client.write(Uint8Array.of(byte), written));
  }
}
