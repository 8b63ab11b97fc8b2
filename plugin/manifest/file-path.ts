import { fault, NONE, type Rule, text } from './fault.ts';

/** A path to a file beside or below the manifest. `..` is not documented and refused here. */
export const filePath: Rule = (value, path) => {
  const notText = text(value, path);
  if (notText.length > 0 || typeof value !== 'string') return notText;
  if (/^[a-z][a-z0-9+.-]*:|^[/\\]/i.test(value))
    return fault(path, `Invalid value for ${path}. '${value}' must be a relative path`);
  if (value.split(/[/\\]/).includes('..')) {
    return fault(path, `Invalid value for ${path}. '${value}' must not leave the manifest's folder`);
  }
  return NONE;
};

/** `main` is JavaScript. */
export const scriptPath: Rule = (value, path) => {
  const faults = filePath(value, path);
  if (faults.length > 0) return faults;
  return String(value).endsWith('.js')
    ? NONE
    : fault(path, `Invalid value for ${path}. '${String(value)}' must be a JavaScript file`);
};
