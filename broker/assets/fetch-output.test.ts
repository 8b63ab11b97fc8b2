import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { BadOutput } from './bad-output.ts';
import { createFetchOutput, type FetchLimits } from './fetch-output.ts';
import type { Resolve } from './public-address.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A server on loopback, and how to fetch from it as from a host that the operator has named. */
async function serve(listener: RequestListener, limits?: Partial<FetchLimits>) {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fetchOutput = createFetchOutput({ limits: { retries: 0, ...limits }, operatorHosts: new Set([host]) });
  return {
    host,
    url: `http://${host}/picture.png`,
    get: (url: string, signal = new AbortController().signal) => fetchOutput(url, (asked) => asked === host, signal),
  };
}

const anyHost = () => true;
const never = new AbortController().signal;

test('the bytes arrive as they were sent, and nothing about us goes with the request', async () => {
  const picture = Buffer.alloc(300_000, 'picture');
  const seen: Record<string, unknown>[] = [];
  const { url, get } = await serve((req, res) => {
    seen.push(req.headers);
    res.end(picture);
  });
  expect(Buffer.from(await get(url)).equals(picture)).toBe(true);
  expect(seen).toHaveLength(1);
  expect(Object.keys(seen[0] ?? {}).sort()).toEqual(['accept', 'connection', 'host']);
});

test.each([
  ['a host that the provider does not use', 'https://evil.example/p.png', 'does not use'],
  ['something that is no address', 'p.png', 'not an address'],
  ['a file', 'file:///etc/passwd', 'does not use'],
])('a link to %s is not followed', async (_what, link, message) => {
  const fetchOutput = createFetchOutput({ resolve: refusing });
  await expect(fetchOutput(link, (host) => host === 'cdn.example', never)).rejects.toThrow(message);
});

/** A name server that must not be asked. */
const refusing: Resolve = () => {
  throw new Error('looked up');
};

test.each([
  ['without TLS', 'http://cdn.example/p.png', 'not https:'],
  ['with credentials', 'https://user:secret@cdn.example/p.png', 'credentials'],
  ['to a loopback address', 'https://127.0.0.1/p.png', 'not public'],
  ['to a loopback address in disguise', 'https://2130706433/p.png', 'not public'],
  ['to the metadata service', 'https://169.254.169.254/latest/meta-data', 'not public'],
  ['to a loopback address of IPv6', 'https://[::1]/p.png', 'not public'],
  ['to a mapped address', 'https://[::ffff:10.0.0.1]/p.png', 'not public'],
])('a link %s is not followed, even if the provider were to use the host', async (_what, link, message) => {
  await expect(createFetchOutput({ resolve: refusing })(link, anyHost, never)).rejects.toThrow(message);
});

test('an allowed name that resolves to a private address is not connected to', async () => {
  let connections = 0;
  const { host } = await serve((_req, res) => {
    connections += 1;
    res.end('secret');
  });
  const port = host.split(':')[1];
  const resolve: Resolve = (_hostname, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
  const fetchOutput = createFetchOutput({ resolve, limits: { retries: 0 } });
  const failure = await fetchOutput(`https://cdn.example:${port}/p.png`, anyHost, never).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(BadOutput);
  expect(String((failure as BadOutput).cause)).toContain('which is not public');
  expect(connections).toBe(0);
});

test('a redirect is not followed, not even to the same host', async () => {
  let requests = 0;
  const { url, get, host } = await serve((_req, res) => {
    requests += 1;
    res.writeHead(302, { location: `http://${host}/elsewhere.png` }).end();
  });
  await expect(get(url)).rejects.toThrow('answered with 302');
  expect(requests).toBe(1);
});

describe('a link with credentials', () => {
  const credentials = { 'x-key': 'secret' };

  /** Two hosts, the first of which sends on to wherever the test says; `keys` are what each request brought. */
  async function serveTwo(locationOf: (first: string, second: string, path: string) => string | null) {
    const keys: string[] = [];
    const answer =
      (name: string): RequestListener =>
      (req, res) => {
        keys.push(`${name}${req.url} ${req.headers['x-key'] ?? '-'}`);
        const location = locationOf(first.url, second.url, `${name}${req.url}`);
        if (location === null) res.end('picture');
        else res.writeHead(302, { location }).end();
      };
    const [first, second] = await Promise.all([serve(answer('first')), serve(answer('second'))]);
    const hosts = new Set([first.host, second.host]);
    const fetchOutput = createFetchOutput({ limits: { retries: 0 }, operatorHosts: hosts });
    const get = (allowed: ReadonlySet<string> = hosts) =>
      fetchOutput(first.url, (host) => allowed.has(host), never, credentials);
    return { keys, get, first };
  }

  test('shows them to its own host', async () => {
    const { get, keys } = await serveTwo(() => null);
    expect(Buffer.from(await get()).toString()).toBe('picture');
    expect(keys).toEqual(['first/picture.png secret']);
  });

  test('is followed where it leads, but they are not shown to another host, nor again to the first', async () => {
    const { get, keys } = await serveTwo((first, second, path) => {
      if (path === 'first/picture.png') return '/moved.png';
      if (path === 'first/moved.png') return second;
      return path === 'second/picture.png' ? first.replace('picture', 'back') : null;
    });
    expect(Buffer.from(await get()).toString()).toBe('picture');
    expect(keys).toEqual([
      'first/picture.png secret',
      'first/moved.png secret',
      'second/picture.png -',
      'first/back.png -',
    ]);
  });

  test('is not followed to a host that the provider does not use, nor to a private address', async () => {
    const { get, keys, first } = await serveTwo((_first, second) => second);
    await expect(get(new Set([first.host]))).rejects.toThrow('does not use');
    expect(keys).toEqual(['first/picture.png secret']);
    const inside = await serveTwo(() => 'https://169.254.169.254/latest/meta-data');
    await expect(inside.get(new Set([inside.first.host, '169.254.169.254']))).rejects.toThrow('not public');
  });

  test('is given up after three times', async () => {
    const { get, keys } = await serveTwo((first) => first);
    await expect(get()).rejects.toThrow('answered with 302');
    expect(keys).toHaveLength(4);
  });
});

test('a picture that says it is too large is not read', async () => {
  const { url, get } = await serve((_req, res) => void res.writeHead(200, { 'content-length': '5000000' }).write('x'), {
    maxBytes: 1_000_000,
  });
  await expect(get(url)).rejects.toThrow('too many');
});

test('a picture that is too large without saying so is cut off', async () => {
  const { url, get } = await serve(
    (_req, res) => {
      const more = () => {
        while (res.write(Buffer.alloc(65_536)));
      };
      res.on('drain', more);
      more();
    },
    { maxBytes: 1_000_000 },
  );
  await expect(get(url)).rejects.toThrow('too many');
});

test('a server that stops in the middle of a picture is tried again, then given up', async () => {
  let requests = 0;
  const { url, get } = await serve(
    (_req, res) => {
      requests += 1;
      res.writeHead(200, { 'content-length': '1000' });
      res.write('x'.repeat(100), () => res.destroy());
    },
    { retries: 2 },
  );
  await expect(get(url)).rejects.toThrow('broke off');
  expect(requests).toBe(3);
});

test('a picture that arrives at the second attempt is good', async () => {
  let requests = 0;
  const { url, get } = await serve(
    (_req, res) => {
      requests += 1;
      if (requests === 1) res.writeHead(503).end();
      else res.end('picture');
    },
    { retries: 1 },
  );
  expect(Buffer.from(await get(url)).toString()).toBe('picture');
});

test('a refusal is final', async () => {
  let requests = 0;
  const { url, get } = await serve(
    (_req, res) => {
      requests += 1;
      res.writeHead(404).end();
    },
    { retries: 2 },
  );
  await expect(get(url)).rejects.toThrow('answered with 404');
  expect(requests).toBe(1);
});

test('a server that trickles is given up at the time limit', async () => {
  const { url, get } = await serve((_req, res) => void res.writeHead(200).write('x'), { timeoutMs: 100 });
  await expect(get(url)).rejects.toThrow('broke off');
});

test('a drain ends a download at once, and that is no fault of the picture', async () => {
  const drain = new AbortController();
  const { url, get } = await serve(
    (_req, res) => {
      res.writeHead(200).write('x');
      drain.abort(new Error('draining'));
    },
    { retries: 2 },
  );
  const failure = await get(url, drain.signal).catch((error: unknown) => error);
  expect(failure).not.toBeInstanceOf(BadOutput);
});
