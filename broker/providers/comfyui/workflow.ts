import { readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * What may stand in a graph as `{{name}}`, alone or within a text: alone, numbers stay numbers. `checkpoint` is the
 * first of the weights that the server has; `image` and `mask` are the files of what was handed in, the mask white where
 * it is to be painted.
 */
const NAMES = ['prompt', 'negative_prompt', 'seed', 'width', 'height', 'count', 'checkpoint', 'image', 'mask'] as const;
export type Values = Readonly<Record<(typeof NAMES)[number], string | number>>;

/** A graph in the form of ComfyUI's API: by id, each node's class and what goes into it. */
export const Workflow = z.record(
  z.string(),
  z.looseObject({ class_type: z.string(), inputs: z.record(z.string(), z.unknown()) }),
);
export type Workflow = z.infer<typeof Workflow>;

const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;

/** Stable Diffusion as it comes: the server's first weights, twenty steps, one picture after the other kept. */
export const BUILT_IN: Workflow = {
  1: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: '{{checkpoint}}' } },
  2: { class_type: 'CLIPTextEncode', inputs: { clip: ['1', 1], text: '{{prompt}}' } },
  3: { class_type: 'CLIPTextEncode', inputs: { clip: ['1', 1], text: '{{negative_prompt}}' } },
  4: {
    class_type: 'EmptyLatentImage',
    inputs: { width: '{{width}}', height: '{{height}}', batch_size: '{{count}}' },
  },
  5: {
    class_type: 'KSampler',
    inputs: {
      model: ['1', 0],
      positive: ['2', 0],
      negative: ['3', 0],
      latent_image: ['4', 0],
      seed: '{{seed}}',
      steps: 20,
      cfg: 7,
      sampler_name: 'euler',
      scheduler: 'normal',
      denoise: 1,
    },
  },
  6: { class_type: 'VAEDecode', inputs: { samples: ['5', 0], vae: ['1', 2] } },
  7: { class_type: 'SaveImage', inputs: { images: ['6', 0], filename_prefix: 'inkpot' } },
};

/**
 * The operator's graph.
 * @param path of `COMFYUI_WORKFLOW`: what ComfyUI saves by _Export (API)_, with placeholders in it.
 * @throws Error that says what is wrong with the file, so that the broker does not start with it.
 */
export function readWorkflow(path: string): Workflow {
  const fault = (what: string) => new Error(`COMFYUI_WORKFLOW: ${path} ${what}`);
  let written: unknown;
  try {
    written = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw fault(error instanceof SyntaxError ? `is not JSON: ${error.message}` : `cannot be read: ${String(error)}`);
  }
  const parsed = Workflow.safeParse(written);
  if (!parsed.success) throw fault('is not a graph in the API’s form: save it by “Export (API)”');
  const used = placeholdersIn(parsed.data);
  const unknown = [...used].filter((name) => !NAMES.some((known) => known === name));
  if (unknown.length > 0) throw fault(`has {{${unknown.join('}}, {{')}}}: known are {{${NAMES.join('}}, {{')}}}`);
  if (!used.has('prompt')) throw fault('has no {{prompt}}: every picture would be the same');
  if (used.has('mask') && !used.has('image')) throw fault('has a {{mask}}, but no {{image}} that it could lie on');
  return parsed.data;
}

/** The names of all placeholders of a graph. */
export function placeholdersIn(workflow: Workflow): ReadonlySet<string> {
  return new Set([...JSON.stringify(workflow).matchAll(PLACEHOLDER)].flatMap(([, name]) => name ?? []));
}

/** A graph with values in place of its placeholders. What stands in a value is left as it is. */
export function fill(workflow: Workflow, values: Values): Workflow {
  const filled: Workflow = {};
  for (const [id, node] of Object.entries(workflow)) {
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([name, value]) => [name, fillIn(value, values)]),
    );
    filled[id] = { ...node, inputs };
  }
  return filled;
}

function fillIn(value: unknown, values: Values): unknown {
  if (Array.isArray(value)) return value.map((item) => fillIn(item, values));
  if (typeof value !== 'string') return value;
  const [alone] = value.matchAll(/^\{\{\s*(\w+)\s*\}\}$/g);
  if (alone) return valueNamed(alone[1], values) ?? value;
  return value.replace(PLACEHOLDER, (whole, name: string) => String(valueNamed(name, values) ?? whole));
}

function valueNamed(name: string | undefined, values: Values): string | number | undefined {
  const known = NAMES.find((one) => one === name);
  return known && values[known];
}
