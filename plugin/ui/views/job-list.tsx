import type { App } from '../app.ts';
import { isOver, type Job } from '../generations/job.ts';
import { sayJob } from '../generations/say-phase.ts';
import { CloseIcon } from './icons.tsx';
import { VideoPreview } from './video-preview.tsx';

/** What is being made, and what has just been made. */
export function JobList({ app }: { readonly app: App }) {
  const jobs = app.generations.jobs.value;
  if (jobs.length === 0) return null;
  return (
    <section class="jobs" aria-label="Pictures">
      <ul>
        {jobs.map((job) => (
          <JobRow key={job.ticket} app={app} job={job} />
        ))}
      </ul>
    </section>
  );
}

function JobRow({ app, job }: { readonly app: App; readonly job: Job }) {
  const over = isOver(job.phase);
  const stuck = job.phase === 'unsent' || job.phase === 'unplaced';
  const bad = stuck || job.phase === 'failed';
  return (
    <li class={bad ? 'job bad' : 'job'}>
      {job.thumbnail ? (
        <img class="thumbnail" src={job.thumbnail} alt="" />
      ) : (
        <span class={over || stuck || job.away ? 'thumbnail' : 'thumbnail bone'} aria-hidden="true" />
      )}
      <div class="what">
        <p class="ellipsis" id={nameOf(job)} title={job.prompt}>
          {job.prompt}
        </p>
        <p class={bad ? 'wrong' : 'quiet numeric'}>{describe(job)}</p>
        {!over && !stuck && !job.away && <Progress job={job} />}
      </div>
      <Actions app={app} job={job} />
      {job.video && (
        <VideoPreview url={job.video} prompt={job.prompt} onSave={() => void app.save(job.generationId ?? '', 0)} />
      )}
    </li>
  );
}

function Progress({ job }: { readonly job: Job }) {
  return <progress aria-label={`Progress of ${job.prompt}`} max={1} value={job.progress ?? undefined} />;
}

/** The id of what its buttons are about, for those who hear `Cancel` without seeing the row. */
function nameOf({ ticket }: Job): string {
  return `job-${ticket}`;
}

function Actions({ app, job }: { readonly app: App; readonly job: Job }) {
  const { generations, checkout } = app;
  const about = { 'aria-describedby': nameOf(job) };
  const dismiss = (
    <button type="button" {...about} class="icon" title="Dismiss" onClick={() => generations.dismiss(job.ticket)}>
      <CloseIcon />
    </button>
  );
  switch (job.phase) {
    case 'sending':
    case 'queued':
    case 'running':
      return (
        <button type="button" {...about} disabled={job.cancelling} onClick={() => void generations.cancel(job.ticket)}>
          Cancel
        </button>
      );
    case 'unsent':
      return (
        <div class="row">
          <button type="button" {...about} onClick={() => void generations.proceed(job.ticket)}>
            Try again
          </button>
          <button type="button" {...about} onClick={() => void generations.cancel(job.ticket)}>
            Cancel
          </button>
        </div>
      );
    case 'unplaced':
      return (
        <div class="row">
          {job.generationId !== null && (
            <>
              <button type="button" {...about} onClick={() => void generations.proceed(job.ticket)}>
                Try again
              </button>
              <button type="button" {...about} onClick={() => void app.save(job.generationId ?? '', 0)}>
                Save
              </button>
            </>
          )}
          <button
            type="button"
            {...about}
            class="icon"
            title="Do not place it"
            onClick={() => generations.abandon(job.ticket)}
          >
            <CloseIcon />
          </button>
        </div>
      );
    case 'failed':
      return (
        <div class="row">
          {job.order && (
            <button type="button" {...about} onClick={() => void checkout.repeat(job)}>
              Try again
            </button>
          )}
          {dismiss}
        </div>
      );
    case 'cancelled':
    case 'done':
      return dismiss;
    case 'storing':
    case 'placing':
      return null;
    default:
      return job.phase satisfies never;
  }
}

function describe(job: Job): string {
  // That it was cancelled, its message says.
  const words = job.phase === 'done' ? job.receipt : job.phase === 'cancelled' ? '' : null;
  return [words ?? sayJob(job), job.message].filter(Boolean).join(' · ');
}
