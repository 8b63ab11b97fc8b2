/** The broker could not be asked, or its answer could not be understood. What it refuses on purpose is an InkpotError. */
export class BrokerFault extends Error {
  override readonly name = 'BrokerFault';
  /**
   * `unreachable`: no answer, so the request may or may not have arrived, and the same one may be sent again.
   * `unintelligible`: an answer that this version does not know.
   */
  readonly kind: 'unreachable' | 'unintelligible';

  constructor(kind: BrokerFault['kind'], cause?: unknown) {
    super(
      kind === 'unreachable'
        ? 'Inkpot cannot be reached. Check your connection, then try again.'
        : 'Inkpot answered in a way that this version does not know. Update the plugin, then try again.',
      { cause },
    );
    this.kind = kind;
  }
}
