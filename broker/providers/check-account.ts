import { type AccountCheck, ProviderFault } from './provider.ts';

/**
 * The answer to a check, whatever becomes of its questions.
 * @param ask throws the ProviderFault of a question that was refused or not answered.
 */
export async function checkAccount(
  ask: () => Promise<Pick<AccountCheck, 'balance' | 'unknownPaths'>>,
): Promise<AccountCheck> {
  try {
    return { access: 'accepted', ...(await ask()) };
  } catch (error) {
    const { reason, cause } = error instanceof ProviderFault ? error : { reason: null, cause: error };
    const access = reason === 'auth' || reason === 'out_of_balance' ? 'refused' : 'unreachable';
    return { access, balance: null, unknownPaths: null, cause: String(cause) };
  }
}
