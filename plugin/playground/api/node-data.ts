import type { Members } from '../sandbox/live.ts';
import { asObject, asString } from './checks.ts';
import type { NodeSelf, PluginContext } from './context.ts';

/** "Each entry (plugin id + key + value) is limited to 100 kB." */
const MAX_DATA_BYTES = 100_000;
const MAX_DESCRIPTION = 1000;

/** Text kept with a node: private, shared, and the buttons that start the plugin again. */
export function dataMembers(context: PluginContext): Members<NodeSelf> {
  const { store } = context.editor;
  const write = (id: string, key: string, value: string): void => {
    const size = new TextEncoder().encode(key + value).length;
    if (size > MAX_DATA_BYTES)
      throw new Error(`Entry is too large: ${size} bytes, at most ${MAX_DATA_BYTES} are allowed`);
    const { [key]: _dropped, ...others } = store.read(id).data;
    store.update(id, { data: value === '' ? others : { ...others, [key]: value } });
  };
  const keysUnder = (id: string, prefix: string): readonly string[] =>
    Object.keys(store.read(id).data)
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length));
  const own = (key: unknown): string => `${context.pluginId}/${asString(key, 'key')}`;
  const shared = (namespace: unknown): string => {
    const name = asString(namespace, 'namespace');
    if (!/^[\w.]{3,}$/.test(name)) throw new Error('The namespace must be at least 3 alphanumeric characters');
    return `shared/${name}/`;
  };

  return {
    getPluginData: { call: ({ id }, key) => store.read(id).data[own(key)] ?? '' },
    setPluginData: { call: ({ id }, key, value) => write(id, own(key), asString(value, 'value')) },
    getPluginDataKeys: { call: ({ id }) => keysUnder(id, `${context.pluginId}/`) },
    getSharedPluginData: {
      call: ({ id }, namespace, key) => store.read(id).data[shared(namespace) + asString(key, 'key')] ?? '',
    },
    setSharedPluginData: {
      call: ({ id }, namespace, key, value) =>
        write(id, shared(namespace) + asString(key, 'key'), asString(value, 'value')),
    },
    getSharedPluginDataKeys: { call: ({ id }, namespace) => keysUnder(id, shared(namespace)) },
    getRelaunchData: { call: ({ id }) => store.read(id).relaunch[context.pluginId] ?? {} },
    setRelaunchData: {
      call: ({ id }, data) => {
        const entries = Object.entries(asObject(data, 'data')).map(([command, value]) => {
          const description = asString(value, command);
          if (description.length > MAX_DESCRIPTION) {
            throw new Error(`The description of "${command}" has more than ${MAX_DESCRIPTION} characters`);
          }
          return [command, description];
        });
        const relaunch = store.read(id).relaunch;
        store.update(id, { relaunch: { ...relaunch, [context.pluginId]: Object.fromEntries(entries) } });
      },
    },
  };
}
