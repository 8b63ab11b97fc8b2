import { asBoolean, asCallback, asNumber, asObject, asString, optional } from './checks.ts';
import type { PluginContext } from './context.ts';

/** Longer messages are cut (assumption `notify-truncation`). */
const MAX_NOTIFICATION = 100;
const DEFAULT_TIMEOUT_MS = 3_000;

/** `figma.notify`: a toast with an optional button; returns the way to take it down. */
export function notify(context: PluginContext, message: unknown, options: unknown): unknown {
  const text = asString(message, 'message');
  const given = options === undefined ? {} : asObject(options, 'options');
  const onDequeue = optional(asCallback)(given.onDequeue, 'onDequeue');
  const cancel = context.services.toast(
    text.length > MAX_NOTIFICATION ? `${text.slice(0, MAX_NOTIFICATION - 1)}…` : text,
    {
      timeout: optional(asNumber)(given.timeout, 'timeout') ?? DEFAULT_TIMEOUT_MS,
      error: optional(asBoolean)(given.error, 'error') ?? false,
      onDequeue: (reason) => void onDequeue?.(reason),
      ...(given.button === undefined ? {} : { button: readButton(given.button) }),
    },
  );
  return { cancel };
}

function readButton(value: unknown): { text: string; action: () => void } {
  const button = asObject(value, 'button');
  const action = asCallback(button.action, 'button.action');
  return { text: asString(button.text, 'button.text'), action: () => void action() };
}
