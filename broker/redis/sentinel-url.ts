/** Where a master is that sentinels watch. */
export interface WatchedMaster {
  /** Under which the sentinels know it. */
  readonly master: string;
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
  /** Of the servers, before an address: `redis://user:password@`. */
  readonly prefix: string;
}

const FORM = /^(rediss?)\+sentinel:\/\/((?:[^@/]*@)?)([^@/]+)\/([\w.-]+)$/;

const SENTINEL_PORT = 26_379;

/**
 * Reads `redis[s]+sentinel://[[user][:password]@]host[:port][,host[:port]…]/master`. User and password are those of the
 * servers; sentinels are asked without.
 * @returns null for what has not this form.
 */
export function parseSentinelUrl(url: string): WatchedMaster | null {
  const [, protocol, login = '', hosts = '', master = ''] = FORM.exec(url) ?? [];
  if (!protocol) return null;
  const sentinels = hosts.split(',').map((address) => {
    const [host = '', port] = address.split(/:(?=\d+$)/);
    return { host, port: port ? Number(port) : SENTINEL_PORT };
  });
  if (sentinels.some(({ host, port }) => host === '' || port > 65_535)) return null;
  return { master, sentinels, prefix: `${protocol}://${login}` };
}
