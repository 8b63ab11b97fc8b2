/** Something wrong in a catalogue: where, for instance `models.12.price.rates` or `flux-2-pro.sizing`, and what. */
export interface CatalogueFault {
  readonly path: string;
  readonly message: string;
}

/** A catalogue that must not be served. Its message names every fault, one a line. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
  readonly faults: readonly CatalogueFault[];

  constructor(faults: readonly CatalogueFault[]) {
    super(['The catalogue is not valid:', ...faults.map(({ path, message }) => `  ${path}: ${message}`)].join('\n'));
    this.faults = faults;
  }
}
