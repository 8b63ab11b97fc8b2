import { exactly, fault, fields, flag, isObject, list, optional, type Rule, text } from './fault.ts';

export const parameters: Rule = list(
  fields({
    name: text,
    key: text,
    description: optional(text),
    allowFreeform: optional(flag),
    optional: optional(flag),
  }),
);

/** A command, a separator, or a menu of these. */
const menuItem: Rule = (value, path) => {
  if (!isObject(value)) return fault(path, `Expected ${path} to be an object`);
  if ('separator' in value) return fields({ separator: exactly(true) })(value, path);
  if ('menu' in value) return fields({ name: text, menu: list(menuItem, 1) })(value, path);
  return fields({ name: text, command: text, parameters: optional(parameters), parameterOnly: optional(flag) })(
    value,
    path,
  );
};

export const menu: Rule = list(menuItem);

export const relaunchButtons: Rule = list(fields({ command: text, name: text, multipleSelection: optional(flag) }));
