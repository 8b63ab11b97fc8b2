import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { a1111Conformance } from '../providers/a1111/conformance.ts';
import { bflConformance } from '../providers/bfl/conformance.ts';
import { byteplusConformance, byteplusVideosConformance } from '../providers/byteplus/conformance.ts';
import { comfyuiConformance } from '../providers/comfyui/conformance.ts';
import { type Bench, CASES, type Case, type Conformance, type Ending } from '../providers/conformance.ts';
import { falConformance } from '../providers/fal/conformance.ts';
import { googleConformance, googleVideosConformance } from '../providers/google/conformance.ts';
import { ideogramConformance } from '../providers/ideogram/conformance.ts';
import { lumaConformance } from '../providers/luma/conformance.ts';
import { openaiConformance } from '../providers/openai/conformance.ts';
import { openaiCompatibleConformance } from '../providers/openai-compatible/conformance.ts';
import { type Delivery, type Provider, ProviderFault, type ProviderRequest } from '../providers/provider.ts';
import { recraftConformance } from '../providers/recraft/conformance.ts';
import { replicateConformance } from '../providers/replicate/conformance.ts';
import { runwayConformance } from '../providers/runway/conformance.ts';
import { sketchConformance } from '../providers/sketch/conformance.ts';
import { stabilityConformance } from '../providers/stability/conformance.ts';
import { type Assets, BadOutput, createAssets } from './assets.ts';
import { packDelivery, unpackDelivery } from './delivery.ts';
import { createDiskStore } from './disk-store.ts';

/** Every adapter against its fake, one row each. */
const ROWS: readonly Conformance[] = [
  sketchConformance,
  falConformance,
  comfyuiConformance,
  ideogramConformance,
  bflConformance,
  googleConformance,
  googleVideosConformance,
  openaiConformance,
  openaiCompatibleConformance,
  recraftConformance,
  stabilityConformance,
  byteplusConformance,
  byteplusVideosConformance,
  a1111Conformance,
  replicateConformance,
  runwayConformance,
  lumaConformance,
];

const { signal } = new AbortController();
const names = Object.keys(CASES) as Case[];
const BATCHES: readonly Case[] = ['a batch', 'partial'];

let folder: string;
const table = new Map<string, Map<Case, string>>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkpot-conformance-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  print();
});

/** Takes a request as far as it goes, as the worker would, without its records. */
async function run(bench: Bench, prompt: string, asCase: Case): Promise<string> {
  let name = asCase;
  const request = bench.request(prompt, BATCHES.includes(name) ? 3 : 1);
  const assets = createAssets({
    store: createDiskStore(folder),
    fetch: { operatorHosts: bench.hosts, limits: { retries: 0 } },
  });
  const take = (delivery: Delivery) => keep(assets, provider, { ...request, makes: bench.makes }, delivery);
  // Only who is to wait in vain is impatient: on a busy machine a short wait would make time-outs of other cases.
  const adapter = () => bench.adapter(name === 'time-out' ? 1_000 : 30_000);
  let provider = adapter();
  try {
    const submission = await provider.submit(request, signal);
    if (name === 'crash once it is taken') provider = adapter();
    if (submission.state === 'succeeded') {
      if (name !== 'crash once it is done') return await take(submission);
      provider = adapter();
      return await take(unpackDelivery(packDelivery(submission)));
    }
    // As it comes back out of the record, for whichever broker takes it up.
    const job = JSON.parse(JSON.stringify(submission.job));
    if (name === 'cancel while queued') return await provider.cancel(job, signal);
    for (let polls = 1; ; polls += 1) {
      const status = await provider.poll(job, request, signal).catch((error: unknown) => {
        if (error instanceof ProviderFault && !error.outcomeUnknown) return null;
        throw error;
      });
      if (status?.state === 'failed') return `failed: ${status.reason}`;
      if (status?.state === 'succeeded') {
        if (name === 'cancel after the end') return await provider.cancel(job, signal);
        if (name !== 'crash once it is done') return await take(status);
        // Whoever kept the pictures died before it charged for them: the next one asks, and takes them in, again.
        await take(status);
        provider = adapter();
        name = 'success';
        continue;
      }
      const isToCancel = name === 'cancel while running' || name === 'cancel of a stubborn job';
      if (isToCancel && status?.state === 'running') return await provider.cancel(job, signal);
      if (name === 'crash while it runs' && status?.state === 'running') {
        provider = adapter();
        bench.finish();
        name = 'success';
      }
      if (polls === 6 && (name === 'slow' || name === 'queued')) return status?.state ?? 'fault';
      await new Promise((next) => setImmediate(next));
    }
  } catch (error) {
    if (error instanceof ProviderFault) return `${error.outcomeUnknown ? 'unknown' : 'refused'}: ${error.reason}`;
    if (error instanceof BadOutput) return 'bad output';
    throw error;
  }
}

async function keep(
  assets: Assets,
  provider: Provider,
  request: ProviderRequest & Pick<Bench, 'makes'>,
  { outputs }: Delivery,
): Promise<string> {
  const { generationId, size: expected, makes } = request;
  const video = makes === 'videos' ? { seconds: request.settings.duration } : undefined;
  const kept = await Promise.all(
    outputs.map((output, index) =>
      assets.receive(output, { expected, video, provider, target: { generationId, index }, signal }),
    ),
  );
  return `${kept.length} kept`;
}

function note(row: string, name: Case, cell: string): void {
  const cells = table.get(row) ?? new Map<Case, string>();
  table.set(row, cells.set(name, cell));
}

function words(ending: Ending): string {
  return typeof ending === 'string' ? ending : '–';
}

/** The table of adapters and cases, and below it why a case has no place on a wire. */
function print(): void {
  const across = [...table.keys()];
  const rows = names.map((name) => [name, ...across.map((row) => table.get(row)?.get(name) ?? 'NOT RUN')]);
  const lines = [['case', ...across], ...rows];
  const widths = lines[0]?.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0))) ?? [];
  const reasons = ROWS.map(({ name, endings }) => {
    const never = Object.values(endings).flatMap((ending) => (typeof ending === 'string' ? [] : [ending.never]));
    return never.length > 0 ? `– on ${name}: ${[...new Set(never)].join('; ')}` : null;
  });
  const drawn = lines.map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  process.stdout.write(`\n${[...drawn, ...reasons.filter(Boolean)].join('\n')}\n`);
}

describe.each(ROWS.map((row) => [row.name, row] as const))('%s', (_name, row) => {
  test.each(names.map((name) => [name, words(row.endings[name])] as const))('%s → %s', async (name, cell) => {
    const ending = row.endings[name];
    const bench = await row.open();
    try {
      note(row.name, name, cell);
      if (typeof ending !== 'string') {
        // What cannot happen on this wire is a word like any other.
        expect(await run(bench, CASES[name], 'success'), ending.never).toBe('1 kept');
        return;
      }
      const ended = await run(bench, CASES[name], name);
      expect(ended).toBe(ending);
      if (ending.startsWith('refused')) expect(bench.taken(), 'jobs that it would bill').toBe(0);
      else if (!BATCHES.includes(name)) expect(bench.taken(), 'jobs that it would bill').toBe(1);
    } finally {
      await bench.close();
    }
  });

  test('a slow job and a queued one end when they may', async () => {
    const bench = await row.open();
    const provider = bench.adapter(30_000);
    for (const name of ['slow', 'queued'] as const) {
      if (typeof row.endings[name] !== 'string') continue;
      const request = bench.request(CASES[name], 1);
      const submission = await provider.submit(request, signal);
      if (submission.state !== 'submitted') throw new Error('it has no job that could be slow');
      for (let poll = 0; poll < 5; poll += 1) {
        expect((await provider.poll(submission.job, request, signal)).state).not.toBe('succeeded');
      }
      bench.finish();
      const ask = () => provider.poll(submission.job, request, signal);
      expect([await ask(), await ask(), await ask()].at(-1)?.state).toBe('succeeded');
    }
    await bench.close();
  });
});

test('case 13: a safety filter that refuses the picture says whether it was the prompt, a reference or the result', () => {
  for (const { name, endings } of ROWS) {
    for (const [word, reason] of [
      ['refused input', 'moderated_input'],
      ['refused reference', 'moderated_reference'],
      ['refused output', 'moderated_output'],
    ] as const) {
      const ending = endings[word];
      if (typeof ending === 'string') expect(ending, name).toContain(reason);
    }
  }
});
