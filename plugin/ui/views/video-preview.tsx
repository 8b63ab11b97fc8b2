import { useState } from 'preact/hooks';

interface VideoPreviewProps {
  /** An object URL. */
  readonly url: string;
  readonly prompt: string;
  readonly onSave: () => void;
}

/** A finished video: to be watched in the panel, and to be kept as a file. */
export function VideoPreview({ url, prompt, onSave }: VideoPreviewProps) {
  const [open, setOpen] = useState(false);
  return (
    <div class="video">
      <div class="row">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide' : 'Play'}
        </button>
        <button type="button" class="plain" onClick={onSave}>
          Download MP4
        </button>
      </div>
      {open && (
        <video
          src={url}
          aria-label={prompt}
          controls
          autoplay
          loop
          muted
          playsInline
          onLoadedMetadata={(event) => event.currentTarget.scrollIntoView({ block: 'nearest' })}
        />
      )}
    </div>
  );
}
