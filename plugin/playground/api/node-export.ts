import type { Members } from '../sandbox/live.ts';
import { asNumber, asObject, oneOf } from './checks.ts';
import type { NodeSelf, PluginContext } from './context.ts';
import { requireLoaded } from './node-children.ts';
import type { ExportSettings } from './services.ts';

export function exportMembers(context: PluginContext): Members<NodeSelf> {
  return {
    exportAsync: {
      call: async ({ id }, settings) => {
        requireLoaded(context, id);
        return context.services.renderNode(context.editor, id, readSettings(settings));
      },
    },
  };
}

/** This host draws PNG and JPG; Figma also makes SVG, PDF and video (assumption `export-formats`). */
function readSettings(value: unknown): ExportSettings {
  if (value === undefined) return { format: 'PNG', constraint: { type: 'SCALE', value: 1 } };
  const { format, constraint } = asObject(value, 'settings');
  const read = oneOf('PNG', 'JPG')(format, 'format');
  if (constraint === undefined) return { format: read, constraint: { type: 'SCALE', value: 1 } };
  const { type, value: amount } = asObject(constraint, 'constraint');
  return {
    format: read,
    constraint: { type: oneOf('SCALE', 'WIDTH', 'HEIGHT')(type, 'type'), value: asNumber(amount, 'value') },
  };
}
