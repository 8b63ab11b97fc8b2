import { startTestCluster } from './test-cluster.ts';

/** One cluster for a whole run of tests. @returns how it ends. */
export default async function setup(): Promise<() => Promise<void>> {
  const cluster = await startTestCluster();
  process.env.TEST_CLUSTER_URL = cluster.url;
  // Each operation waits for a replica, so the random histories are fewer than on one server.
  process.env.LEDGER_RUNS ??= '200';
  return cluster.stop;
}
