import type { PricedBasket, PricedModel, PriceList } from '../../shared/api/prices.ts';
import { formatPicoUsd } from '../../shared/catalogue/pico-usd.ts';
import { formatCredits, formatUsd, type Millicredits } from '../../shared/credits.ts';
import { Layout } from './layout.tsx';

/** What a visitor looks for. */
export interface PriceSearch {
  readonly words: string;
  /** Only what can be picked on this broker now. */
  readonly here: boolean;
}

const GROUPS = [
  { kind: 'image', name: 'Images' },
  { kind: 'video', name: 'Video' },
  { kind: 'utility', name: 'Upscaling, backgrounds and repairs' },
] as const;

/** The public price list: one line for each model, grouped by what it makes. */
export function PricesPage({ list, search }: { readonly list: PriceList; readonly search: PriceSearch }) {
  const found = list.models.filter((model) => matches(model, search));
  const groups = GROUPS.map(({ kind, name }) => ({ kind, name, models: found.filter((model) => model.kind === kind) }));
  const here = list.models.filter(({ offered }) => offered).length;
  return (
    <Layout title="Prices" broad>
      <div class="snug">
        <h1>Prices</h1>
        <p>
          You pay per result. A credit costs ${list.creditUsd}, never expires, and works on every model. What does not
          arrive costs nothing.
        </p>
        <p class="quiet">
          Credits are the provider’s price × {list.margin} ÷ ${list.creditUsd}, rounded up once per order to {list.step}{' '}
          credits, and at least that. Each line below is for one result bought alone.{' '}
          <span class="keep">As of {list.asOf}.</span>
        </p>
      </div>
      <search>
        <form class="find" method="get" action="/prices">
          <label class="unseen" for="q">
            Model or maker
          </label>
          <input id="q" name="q" type="search" value={search.words} placeholder="Model or maker" />
          <label class="check">
            <input type="checkbox" name="here" value="1" checked={search.here} />
            Only what this broker offers now ({here})
          </label>
          <button class="plain" type="submit">
            Find
          </button>
        </form>
      </search>
      <nav aria-label="On this page">
        <ul class="jump">
          {groups
            .filter(({ models }) => models.length > 0)
            .map(({ kind, name, models }) => (
              <li key={kind}>
                <a href={`#${kind}`}>{name}</a> <span class="quiet">{models.length}</span>
              </li>
            ))}
          {list.example && (
            <li>
              <a href="#example">An example</a>
            </li>
          )}
          <li>
            <a href="#changes">Changes</a>
          </li>
        </ul>
      </nav>
      {found.length === 0 && (
        <p role="status">
          No model matches. <a href="/prices">Show all {list.models.length}</a>
        </p>
      )}
      {groups
        .filter(({ models }) => models.length > 0)
        .map(({ kind, name, models }) => (
          <section class="snug group" id={kind} key={kind} aria-labelledby={`${kind}-name`}>
            <div class="row">
              <h2 id={`${kind}-name`}>{name}</h2>
              <Heads />
            </div>
            <ul class="prices">
              {models.map((model) => (
                <ModelPrices key={model.id} model={model} />
              ))}
            </ul>
          </section>
        ))}
      {list.example && <Example basket={list.example} />}
      <section class="snug group" id="changes" aria-labelledby="changes-name">
        <h2 id="changes-name">Changes</h2>
        <ul class="log">
          {list.changes.map(({ date, what }) => (
            <li key={what}>
              <time class="quiet" dateTime={date}>
                {date}
              </time>
              <span>{what}</span>
            </li>
          ))}
        </ul>
        <p class="quiet">
          The same list for programs: <a href="/v1/prices">/v1/prices</a>
        </p>
      </section>
    </Layout>
  );
}

/** Whether results may be used commercially, and who says so. */
function sayLicence({ commercial, by }: PricedModel['licence']): string {
  switch (commercial) {
    case 'yes':
      return `Commercial use under ${by}`;
    case 'depends':
      return `Commercial use depends on ${by}`;
    case 'unverified':
      return `Commercial use under ${by}, not verified`;
    default:
      return commercial satisfies never;
  }
}

function ModelPrices({ model }: { readonly model: PricedModel }) {
  const { id, name, maker, notice, offered, licence, shutdown, priceAsOf, priceConfidence, examples } = model;
  return (
    <li id={id}>
      <div>
        <h3>{name}</h3>
        <p class="quiet">
          {maker} {offered && <span class="tag">Offered here</span>}{' '}
          {shutdown && <span class="tag soon">Until {shutdown}</span>}
        </p>
        {notice && <p class="hint">{notice}</p>}
        <p class="hint">
          {priceConfidence === 'secondary' ? 'Price from a secondary source' : 'Published price'}
          {priceAsOf && <span class="keep">, {priceAsOf}</span>}. {sayLicence(licence)}.
        </p>
      </div>
      <table>
        <caption class="unseen">{name}</caption>
        <thead class="unseen">
          <tr>
            <th scope="col">For</th>
            <th scope="col">Provider’s price</th>
            <th scope="col">You pay</th>
          </tr>
        </thead>
        <tbody>
          {examples.map(({ label, picoUsd, price: credits }) => (
            <PriceRow key={label} label={label} picoUsd={picoUsd} credits={credits} />
          ))}
        </tbody>
      </table>
    </li>
  );
}

/** What the two columns are, above the first of many small tables; each has them for assistive technology. */
function Heads() {
  return (
    <div class="heads" aria-hidden="true">
      <span>Provider’s price</span>
      <span>You pay</span>
    </div>
  );
}

interface PriceRowProps {
  readonly label: string;
  readonly picoUsd: number;
  readonly credits: Millicredits;
}

function PriceRow({ label, picoUsd, credits }: PriceRowProps) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td class="quiet">{formatPicoUsd(picoUsd)}</td>
      <td class="credits">{formatCredits(credits)}</td>
    </tr>
  );
}

function Example({ basket }: { readonly basket: PricedBasket }) {
  const { name, items, picoUsd, price } = basket;
  return (
    <section class="snug group" id="example" aria-labelledby="example-name">
      <div class="row">
        <h2 id="example-name">{name}</h2>
        <Heads />
      </div>
      <table>
        <thead class="unseen">
          <tr>
            <th scope="col">For</th>
            <th scope="col">Provider’s price</th>
            <th scope="col">You pay</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <PriceRow key={item.modelId} label={item.label} picoUsd={item.picoUsd} credits={item.price} />
          ))}
          <tr class="sum">
            <th scope="row">Together: you pay {formatUsd(price)}</th>
            <td>{formatPicoUsd(picoUsd)}</td>
            <td class="credits">{formatCredits(price)}</td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}

function matches({ id, name, maker, offered }: PricedModel, { words, here }: PriceSearch): boolean {
  const text = `${id} ${name} ${maker}`.toLowerCase();
  return (
    (!here || offered) &&
    words
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  );
}
