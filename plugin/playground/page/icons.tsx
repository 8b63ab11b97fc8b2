import type { JSX } from 'preact';
import type { NodeType } from '../document/record.ts';

/** 16 px line icons in Figma's weight. They are decoration: the controls around them carry the names. */
function Icon({ children }: { readonly children: JSX.Element | readonly JSX.Element[] }): JSX.Element {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" aria-hidden="true">
      {children}
    </svg>
  );
}

export const CloseIcon = (): JSX.Element => (
  <Icon>
    <path d="m4.5 4.5 7 7m0-7-7 7" stroke-linecap="round" />
  </Icon>
);

export const PluginIcon = (): JSX.Element => (
  <Icon>
    <path d="M8 2.5c2.2 2.9 3.8 4.9 3.8 6.9a3.8 3.8 0 0 1-7.6 0c0-2 1.6-4 3.8-6.9Z" stroke-linejoin="round" />
  </Icon>
);

export const MoveIcon = (): JSX.Element => (
  <Icon>
    <path d="m3.5 3 9.5 3.8-4.1 1.6-1.6 4.1L3.5 3Z" stroke-linejoin="round" />
  </Icon>
);

export const FrameIcon = (): JSX.Element => (
  <Icon>
    <path d="M5.5 2.5v11m5-11v11m-8-8h11m-11 5h11" stroke-linecap="round" />
  </Icon>
);

export const SunIcon = (): JSX.Element => (
  <Icon>
    <circle cx="8" cy="8" r="2.5" />
    <path
      d="M8 2v1.2M8 12.8V14M2 8h1.2M12.8 8H14M3.76 3.76l.85.85M11.39 11.39l.85.85M3.76 12.24l.85-.85M11.39 4.61l.85-.85"
      stroke-linecap="round"
    />
  </Icon>
);

export const MoonIcon = (): JSX.Element => (
  <Icon>
    <path d="M13 9.4A5.3 5.3 0 0 1 6.6 3 5.3 5.3 0 1 0 13 9.4Z" stroke-linejoin="round" />
  </Icon>
);

const SHAPES: Readonly<Record<NodeType | 'IMAGE', JSX.Element>> = {
  DOCUMENT: <path d="M4.5 2.5h5l2 2v9h-7v-11Z" />,
  PAGE: <path d="M4.5 2.5h5l2 2v9h-7v-11Z" />,
  FRAME: <path d="M5.5 3.5v9m5-9v9m-7-7h9m-9 5h9" />,
  SECTION: <path d="M3.5 3.5h4v2h5v7h-9v-9Z" />,
  GROUP: <path d="M3.5 3.5h9v9h-9v-9Z" stroke-dasharray="2 1" />,
  RECTANGLE: <path d="M3.5 3.5h9v9h-9v-9Z" />,
  ELLIPSE: <circle cx="8" cy="8" r="4.5" />,
  TEXT: <path d="M4 5.5V4h8v1.5M8 4v8.5m-1.5 0h3" />,
  IMAGE: <path d="M3.5 3.5h9v9h-9v-9Zm0 7 2.8-2.8 4.8 4.8M10 6.7h.01" stroke-linecap="round" stroke-linejoin="round" />,
};

export function LayerIcon({ type }: { readonly type: NodeType | 'IMAGE' }): JSX.Element {
  return <Icon>{SHAPES[type]}</Icon>;
}
