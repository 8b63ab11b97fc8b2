import { newClient } from './new-client.ts';

/** Asks the server on a loopback port for its process id; null when none answers to the password within a second. */
export async function probeServer(port: number, secret: string): Promise<{ pid: number; loading: boolean } | null> {
  const client = newClient({
    socket: { host: '127.0.0.1', port, connectTimeout: 1_000, socketTimeout: 1_000, reconnectStrategy: false },
    password: secret,
    maintNotifications: 'disabled',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const info = await client.info();
    const pid = Number(/^process_id:(\d+)/m.exec(info)?.[1]);
    return Number.isInteger(pid) ? { pid, loading: /^loading:1/m.test(info) } : null;
  } catch {
    return null;
  } finally {
    if (client.isOpen) client.destroy();
  }
}
