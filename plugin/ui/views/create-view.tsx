import type { App } from '../app.ts';
import { Fields } from './fields.tsx';
import { GenerateBar } from './generate-bar.tsx';
import { Header } from './header.tsx';
import { JobList } from './job-list.tsx';

/** The form, what is being made, and the price; only the form scrolls, so that the other two are always seen. */
export function CreateView({ app }: { readonly app: App }) {
  return (
    <div class="view">
      <Header app={app} />
      <main class="scroll" aria-labelledby="view">
        <h1 class="unseen" id="view" tabIndex={-1}>
          Make a picture
        </h1>
        <form
          class="form"
          onSubmit={(event) => event.preventDefault()}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            if (event.repeat) return;
            void app.checkout.generate();
          }}
        >
          <Fields app={app} />
        </form>
      </main>
      <JobList app={app} />
      <GenerateBar app={app} />
    </div>
  );
}
