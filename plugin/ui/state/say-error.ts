import { InkpotError } from '../../../shared/errors.ts';
import { BrokerFault } from '../api/broker-fault.ts';

/** An error in words for the designer. */
export function sayError(error: unknown): string {
  if (error instanceof InkpotError || error instanceof BrokerFault) return error.message;
  return 'Something went wrong in the plugin. Close it and open it again.';
}
