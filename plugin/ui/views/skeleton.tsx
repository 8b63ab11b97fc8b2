/** The Create view's shape while it loads, so that nothing jumps when it comes. */
export function Skeleton() {
  return (
    <div class="view" aria-busy="true">
      <h1 class="unseen" tabIndex={-1}>
        Loading
      </h1>
      <div class="header" aria-hidden="true">
        <span class="bone" style={{ width: '88px' }} />
        <span class="bone" style={{ width: '120px', marginLeft: 'auto' }} />
      </div>
      <div class="scroll" aria-hidden="true">
        <div class="form">
          {[32, 96, 24, 24, 24].map((height, index) => (
            <div class="field" key={index}>
              <span class="bone label" />
              <span class="bone" style={{ height: `${height}px` }} />
            </div>
          ))}
        </div>
      </div>
      <div class="bar" aria-hidden="true">
        <span class="bone" style={{ height: '32px' }} />
      </div>
    </div>
  );
}
