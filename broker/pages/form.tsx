import type { ComponentChildren, InputHTMLAttributes } from 'preact';

/** The field that proves that a form came from our own page; see `requireOwnForm`. */
export function FormToken({ token }: { readonly token: string }) {
  return <input type="hidden" name="form_token" value={token} />;
}

export interface TextFieldProps {
  readonly label: string;
  readonly name: string;
  /** Whatever else the box needs: type, value, autocomplete. */
  readonly input?: InputHTMLAttributes<HTMLInputElement>;
  readonly hint?: ComponentChildren;
  /** What is wrong with what was typed. */
  readonly fault?: string | undefined;
}

/** A labelled text box with its hint and fault tied to it for assistive technology. */
export function TextField({ label, name, hint, fault, input }: TextFieldProps) {
  const notes = [hint && `${name}-hint`, fault && `${name}-fault`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        type="text"
        aria-describedby={notes || undefined}
        aria-invalid={fault ? 'true' : undefined}
        {...input}
      />
      {fault && (
        <p class="fault" id={`${name}-fault`} role="alert">
          {fault}
        </p>
      )}
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** A short message above a form: plain, `good` or `bad`. */
export function Notice({ tone, children }: { readonly tone?: 'good' | 'bad'; readonly children: ComponentChildren }) {
  return (
    <p class={tone ? `notice ${tone}` : 'notice'} role={tone === 'bad' ? 'alert' : 'status'}>
      {children}
    </p>
  );
}
