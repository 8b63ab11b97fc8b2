/**
 * Whether the cluster knows a server that could take the place of the one that was asked, or has taken it.
 * @param nodes what it answered to `CLUSTER NODES`. The third field of a line is its flags, the fourth its master's id, `-`
 *   for a master.
 */
export function hasSuccessor(nodes: string): boolean {
  const lines = nodes.split('\n').map((line) => line.split(' '));
  const [id, , , master] = lines.find(([, , flags]) => flags?.includes('myself')) ?? [];
  return master !== '-' || lines.some((line) => line[3] === id);
}
