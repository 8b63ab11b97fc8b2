/** What a provider says a job costs, in the form in which it says it. Numbers are as they came, unrounded. */
export type ReportedCost =
  /** US dollars. */
  | { readonly kind: 'usd'; readonly usd: number }
  /** The provider's own credits, and what one is worth: BFL and Runway $0.01, Recraft $0.001. */
  | { readonly kind: 'credits'; readonly credits: number; readonly usdPerCredit: number }
  /** Billable units and their price: fal's `x-fal-billable-units` and its pricing API. */
  | { readonly kind: 'units'; readonly units: number; readonly usdPerUnit: number }
  /** Tokens, whose rates are in the catalogue. */
  | {
      readonly kind: 'tokens';
      readonly textIn: number;
      readonly imageIn: number;
      readonly textOut: number;
      readonly imageOut: number;
    };
