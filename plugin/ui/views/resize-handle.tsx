/** The corner that resizes the panel, as Figma's own windows have none. The keyboard has the window's own edges. */
export function ResizeHandle({
  onResize,
}: {
  readonly onResize: (width: number, height: number, done: boolean) => void;
}) {
  return (
    <div
      class="resize"
      aria-hidden="true"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId))
          onResize(event.clientX + 4, event.clientY + 4, false);
      }}
      onPointerUp={(event) => onResize(event.clientX + 4, event.clientY + 4, true)}
    />
  );
}
