import { expect, test } from 'vitest';
import { isPublicAddress, publicLookup, type Resolve } from './public-address.ts';

test.each(['8.8.8.8', '151.101.1.140', '2606:4700:4700::1111', '::ffff:8.8.8.8'])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.0.9'],
  ['loopback', '::1'],
  ['private', '10.1.2.3'],
  ['private', '172.16.0.1'],
  ['private', '192.168.1.1'],
  ['cloud metadata', '169.254.169.254'],
  ['cloud metadata', 'fd00:ec2::254'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['unspecified', '0.0.0.0'],
  ['unspecified', '::'],
  ['this network', '0.1.2.3'],
  ['broadcast', '255.255.255.255'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['benchmarking', '198.18.0.1'],
  ['link-local', 'fe80::1'],
  ['unique local', 'fc00::1'],
  ['site-local', 'fec0::1'],
  ['IPv4-mapped loopback', '::ffff:127.0.0.1'],
  ['IPv4-mapped loopback, in hexadecimal', '::ffff:7f00:1'],
  ['IPv4-compatible loopback', '::127.0.0.1'],
  ['NAT64 of a private address', '64:ff9b::10.0.0.1'],
  ['6to4 of a private address', '2002:0a00:0001::1'],
  ['Teredo', '2001::1'],
  ['documentation', '2001:db8::1'],
  ['no address', 'localhost'],
  ['no address', ''],
])('%s (%s) is not public', (_what, address) => {
  expect(isPublicAddress(address)).toBe(false);
});

/** A name server that answers with these addresses. */
function resolvingTo(...addresses: string[]): Resolve {
  return (_hostname, _options, done) => {
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}

function lookUp(resolve: Resolve, options: { all: boolean }): Promise<unknown> {
  return new Promise((settle, fail) => {
    publicLookup(resolve)('cdn.example', options, (error, address) => (error ? fail(error) : settle(address)));
  });
}

test('a public name resolves to the addresses that were checked', async () => {
  const resolve = resolvingTo('8.8.8.8', '2606:4700:4700::1111');
  expect(await lookUp(resolve, { all: false })).toBe('8.8.8.8');
  expect(await lookUp(resolve, { all: true })).toEqual([
    { address: '8.8.8.8', family: 4 },
    { address: '2606:4700:4700::1111', family: 6 },
  ]);
});

test('a name with one private address among public ones is refused', async () => {
  const resolve = resolvingTo('8.8.8.8', '169.254.169.254');
  await expect(lookUp(resolve, { all: true })).rejects.toThrow('169.254.169.254, which is not public');
  await expect(lookUp(resolve, { all: false })).rejects.toThrow('not public');
});

test('a name that resolves differently a moment later gains nothing: what was checked is what the socket gets', async () => {
  const answers = ['8.8.8.8', '127.0.0.1'];
  const rebinding: Resolve = (_hostname, _options, done) => {
    done(null, [{ address: answers.shift() ?? '', family: 4 }]);
  };
  expect(await lookUp(rebinding, { all: true })).toEqual([{ address: '8.8.8.8', family: 4 }]);
  expect(answers).toEqual(['127.0.0.1']);
  await expect(lookUp(rebinding, { all: true })).rejects.toThrow('127.0.0.1, which is not public');
});

test('a name without addresses, and a name server that fails, are errors', async () => {
  await expect(lookUp(resolvingTo(), { all: true })).rejects.toThrow('no address');
  const broken: Resolve = (_hostname, _options, done) => done(new Error('SERVFAIL'), []);
  await expect(lookUp(broken, { all: true })).rejects.toThrow('SERVFAIL');
});
