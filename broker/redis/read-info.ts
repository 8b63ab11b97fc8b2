/** The fields of a reply to INFO. */
export function readInfo(reply: string): Readonly<Record<string, string | undefined>> {
  const fields = reply.split('\r\n').filter((line) => line.includes(':') && !line.startsWith('#'));
  return Object.fromEntries(
    fields.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}
