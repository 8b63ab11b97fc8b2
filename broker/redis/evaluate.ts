import { createHash } from 'node:crypto';
import { ErrorReply } from 'redis';
import type { RedisClient } from './client.ts';

/** A Lua script that travels with the build, and is called by the SHA-1 of its text. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** What a script works on. */
interface Call {
  readonly keys: string[];
  readonly arguments: string[];
}

export function toScript(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/**
 * Runs a script by its SHA-1, so that its text is neither sent nor hashed by the server each time. NOSCRIPT means that it
 * was not executed, so the text is sent instead; the server's cache is volatile, after a restart or failover it is empty.
 */
export async function evaluate(redis: RedisClient, { sha, text }: Script, call: Call) {
  try {
    return await redis.evalSha(sha, call);
  } catch (error) {
    if (error instanceof ErrorReply && error.message.startsWith('NOSCRIPT')) return redis.eval(text, call);
    throw error;
  }
}

/** The same connection for a library that knows only EVAL: it sends each text once. */
export function evaluatingBySha(redis: RedisClient): RedisClient {
  const scripts = new Map<string, Script>();
  return Object.create(redis, {
    eval: {
      value(text: string, call: Call) {
        const script = scripts.get(text) ?? toScript(text);
        scripts.set(text, script);
        return evaluate(redis, script, call);
      },
    },
  });
}
