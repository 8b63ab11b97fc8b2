/**
 * Where to go after sign-in: a path of our own pages, whatever was asked for. An address that a browser could read as
 * another site's (`//host`, `/\host`, control characters, a scheme) becomes `/`.
 * @param base our own address, to resolve against as a browser does.
 */
export function ownPath(asked: unknown, base: string): string {
  if (typeof asked !== 'string' || asked.length > 1_024 || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(asked))
    return '/';
  const url = URL.parse(asked, base);
  // A browser takes the dots out first, so `/..//host` is `//host` by the time it looks.
  const isOwn = url !== null && url.origin === new URL(base).origin && !url.pathname.startsWith('//');
  return isOwn ? `${url.pathname}${url.search}` : '/';
}
