import { useRef, useState } from 'preact/hooks';
import { formatPicoUsd } from '../../../shared/catalogue/pico-usd.ts';
import { formatCredits, formatUsd, type Millicredits, millicredits } from '../../../shared/credits.ts';
import type { App } from '../app.ts';

/** The button with the price, where the picture will go, and why not, when not. */
export function GenerateBar({ app }: { readonly app: App }) {
  const { obstacle, notice, doing, busy, generate } = app.checkout;
  const price = app.prices.shown.value;
  const news = doing.value ?? notice.value ?? obstacle.value?.words;
  const wrong = doing.value === null && (notice.value !== null || obstacle.value?.kind === 'credits');
  const [asked, setAsked] = useState(false);
  const seen = useRef<Millicredits | null>(null);
  return (
    <footer class="bar">
      <p
        class={wrong ? 'hint wrong' : `hint quiet${!news && app.canvas.target.value ? ' place' : ''}`}
        id="hint"
        role={wrong ? 'alert' : undefined}
      >
        {news ?? sayTarget(app)}
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only watches what happens to the button inside */}
      <div
        class="generate"
        onPointerEnter={() => setAsked(true)}
        onPointerLeave={() => setAsked(false)}
        onFocusIn={(event) => setAsked(event.target instanceof Element && event.target.matches(':focus-visible'))}
        onFocusOut={() => setAsked(false)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setAsked(false);
          // A key that is held down is one order, and not as many as the keyboard repeats it.
          if (event.repeat) event.preventDefault();
        }}
      >
        <button
          type="button"
          class="primary wide numeric"
          disabled={obstacle.value !== null}
          aria-disabled={busy.value}
          aria-describedby="hint breakdown"
          onPointerDown={() => {
            seen.current = price;
          }}
          onClick={({ detail }) => {
            setAsked(false);
            // Nor is a double click two orders.
            if (detail > 1) return;
            void generate(seen.current ?? price);
            seen.current = null;
          }}
        >
          Generate{price === null ? '' : ` · ${formatCredits(price)}`}
        </button>
        <Breakdown app={app} asked={asked} />
      </div>
    </footer>
  );
}

/** What the price is made of, and what is left after it. */
function Breakdown({ app, asked }: { readonly app: App; readonly asked: boolean }) {
  const price = app.prices.shown.value;
  const pool = app.pools.chosen.value;
  const tariff = app.catalogue.tariff.value;
  if (price === null || !pool || !tariff) return null;
  const left = millicredits(pool.balance.available - price);
  return (
    <div class={asked ? 'breakdown numeric asked' : 'breakdown numeric'} id="breakdown" role="tooltip">
      <dl>
        {app.prices.lines.value.map(({ label, picoUsd }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{formatPicoUsd(picoUsd)}</dd>
          </div>
        ))}
        <div>
          <dt>
            × {tariff.margin}, rounded up to {formatCredits(millicredits(tariff.stepMillicredits))}
          </dt>
          <dd>{formatUsd(price)}</dd>
        </div>
        <div>
          <dt>At most</dt>
          <dd>{formatCredits(price)}</dd>
        </div>
        {left >= 0 && (
          <div>
            <dt>Balance after</dt>
            <dd>{formatCredits(left)}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}

function sayTarget(app: App): string {
  const node = app.canvas.node.value;
  if (app.canvas.target.value) return `Goes into “${app.canvas.target.value.name}”`;
  if (node?.why) return `${node.why} The picture goes onto the canvas.`;
  return 'Goes onto the canvas';
}
