/** The command that this needs of a connection to one server. */
interface Server {
  wait(replicas: number, timeoutMs: number): Promise<number>;
}

/** How long a replica may take, in ms. The connection carries nothing else meanwhile. */
const PATIENCE = 500;

/** No replica has said that it has the write. Should its server be lost now, the write may be lost with it. */
class NotReplicatedError extends Error {
  override readonly name = 'NotReplicatedError';
}

/**
 * Waits, with `WAIT 1`, until a replica has everything that a server has written. Many callers share one wait: it covers
 * all that came before it, and blocks its connection, so everybody who was answered while one is under way shares the
 * next. A repeat that wrote nothing itself is covered too: what counts is the server's whole log.
 *
 * A server that no replica is known of has nobody who could be promoted without the write, so there is nothing to wait
 * for: that is how a shard goes on after its master is lost. A replica that is known but silent or dead could
 * come back and be promoted; until it has caught up, or the operator has taken it out (`CLUSTER FORGET`, `SENTINEL RESET`), nothing is
 * acknowledged.
 * @param hasReplica whether a server has a replica that could take its place.
 */
export function createReplication<Node extends Server>(
  hasReplica: (node: Node) => Promise<boolean>,
): (node: Node) => Promise<void> {
  const running = new WeakMap<Node, Promise<unknown>>();
  const next = new WeakMap<Node, Promise<void>>();
  /** Servers that had no replica when they were asked. */
  const alone = new WeakSet<Node>();

  async function confirm(node: Node): Promise<void> {
    if (alone.has(node) && !(await hasReplica(node))) return;
    alone.delete(node);
    const replicas = await node.wait(1, PATIENCE).catch((cause: unknown) => {
      // Also when it says so itself: one that was replaced meanwhile waits for nobody. Its writes may have been kept.
      throw new NotReplicatedError('whether a replica has it is unknown', { cause });
    });
    if (replicas >= 1) return;
    if (await hasReplica(node)) throw new NotReplicatedError('no replica has it yet');
    alone.add(node);
  }

  return (node) => {
    const waiting = next.get(node);
    if (waiting) return waiting;
    const shared = (running.get(node) ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        next.delete(node);
        const confirmed = confirm(node);
        running.set(node, confirmed);
        return confirmed;
      });
    next.set(node, shared);
    return shared;
  };
}
