import type { CookieOptions, Request, Response } from 'express';

/** One cookie of the web pages. Its value is an unguessable id and nothing else. */
export interface Cookie {
  read(req: Request): string | undefined;
  /** @param maxAgeMs how long the browser keeps it; without it, until the browser is closed. */
  write(res: Response, value: string, maxAgeMs?: number): void;
  clear(res: Response): void;
}

/**
 * A cookie that only our own pages see: HttpOnly, SameSite=Lax, host-only. Over https its name starts with `__Host-`,
 * so that no other host of the domain can set it (RFC 6265bis §4.1.3.2). Over http it carries the port, because
 * browsers share cookies between the ports of one host.
 */
export function createCookie(name: string, publicUrl: string): Cookie {
  const { protocol, port } = new URL(publicUrl);
  const secure = protocol === 'https:';
  const fullName = secure ? `__Host-inkpot-${name}` : `inkpot-${name}-${port || '80'}`;
  const options: CookieOptions = { httpOnly: true, sameSite: 'lax', secure, path: '/' };
  return {
    read: (req) => readCookie(req.headers.cookie, fullName),
    write: (res, value, maxAgeMs) => {
      res.cookie(fullName, value, maxAgeMs === undefined ? options : { ...options, maxAge: maxAgeMs });
    },
    clear: (res) => {
      res.clearCookie(fullName, options);
    },
  };
}

/** Our values are base64url, so nothing needs decoding and anything else is not ours. */
function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value && /^[\w-]{1,128}$/.test(value)) return value;
  }
  return undefined;
}
