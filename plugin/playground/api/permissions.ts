import type { Members } from '../sandbox/live.ts';
import type { PluginContext } from './context.ts';

/** The person at this host; never a proof of identity (assumption `user`). */
const USER = {
  id: '1000000000000000001',
  name: 'Ada Playground',
  photoUrl: null,
  color: '#0D99FF',
  sessionId: 1,
} as const;

/** Members that need a line in the manifest's `permissions` (wording: assumption `permission-wording`). */
export function identityMembers(context: PluginContext): Members<unknown> {
  const demand = (permission: string): void => {
    if (context.manifest.permissions?.includes(permission)) return;
    throw new Error(`"${permission}" permission is required. Add it to "permissions" in manifest.json`);
  };
  return {
    currentUser: {
      get: () => {
        demand('currentuser');
        return USER;
      },
    },
    payments: {
      get: () => {
        demand('payments');
        return { status: { type: 'NOT_SUPPORTED' } };
      },
    },
    activeUsers: {
      get: () => {
        demand('activeusers');
        return [USER];
      },
    },
  };
}
