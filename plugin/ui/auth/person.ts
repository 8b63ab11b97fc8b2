import * as z from 'zod/mini';

const Claims = z.object({ sub: z.string(), name: z.optional(z.string()) });

/** Who is signed in, for the eye only: the broker alone decides what a token is worth. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** Reads the person out of an access token (RFC 9068 §2.2), without checking its signature. */
export function readPerson(accessToken: string): Person | null {
  try {
    const payload = accessToken.split('.')[1] ?? '';
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    );
    const claims = z.safeParse(Claims, JSON.parse(new TextDecoder().decode(bytes)));
    return claims.success ? { id: claims.data.sub, name: claims.data.name ?? 'Signed in' } : null;
  } catch {
    return null;
  }
}
