/** Prints a result: `value` as one line of JSON when that was asked for, else `text`. */
export type Printer = (value: object, text: string) => void;

export function createPrinter(write: (text: string) => void, json: boolean): Printer {
  return (value, text) => write(`${json ? JSON.stringify(value) : text}\n`);
}
