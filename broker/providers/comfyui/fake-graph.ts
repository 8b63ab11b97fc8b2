import { Workflow } from './workflow.ts';

/** The weights that the fake server has. */
export const CHECKPOINTS = ['sd_xl_base_1.0.safetensors', 'v1-5-pruned-emaonly.safetensors'];

/** What a graph asks for, as the real server would run it. */
export interface FakeDrawing {
  readonly prompt: string;
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly seed: number;
}

const CLASSES = new Set([
  'CheckpointLoaderSimple',
  'CLIPTextEncode',
  'EmptyLatentImage',
  'KSampler',
  'VAEDecode',
  'SaveImage',
  'PreviewImage',
  'LoadImage',
  'LoadImageMask',
]);

interface GraphFault {
  readonly error: {
    readonly type: string;
    readonly message: string;
    readonly details: string;
    readonly extra_info: object;
  };
  readonly node_errors: object;
}

function graphFault(type: string, message: string): GraphFault {
  return { error: { type, message, details: '', extra_info: {} }, node_errors: [] };
}

function nodeFault(id: string, type: string, details: string): GraphFault {
  const { error } = graphFault('prompt_outputs_failed_validation', 'Prompt outputs failed validation');
  return { error, node_errors: { [id]: { errors: [{ type, message: type, details }], class_type: '' } } };
}

/**
 * Checks a graph as execution.validate_prompt does, and says what it draws.
 * @param uploads the files that were handed in, as nodes call them.
 */
export function readGraph(graph: unknown, uploads: ReadonlyMap<string, unknown>): FakeDrawing | GraphFault {
  const parsed = Workflow.safeParse(graph);
  if (!parsed.success) return graphFault('invalid_prompt', 'Cannot execute because a node is missing the class_type');
  const nodes = Object.entries(parsed.data);
  const stranger = nodes.find(([, { class_type }]) => !CLASSES.has(class_type));
  if (stranger) return graphFault('missing_node_type', `Node '${stranger[1].class_type}' not found.`);
  if (!nodes.some(([, { class_type }]) => /^(Save|Preview)Image$/.test(class_type))) {
    return graphFault('prompt_no_outputs', 'Prompt has no outputs');
  }
  for (const [id, { class_type, inputs }] of nodes) {
    for (const value of Object.values(inputs)) {
      if (Array.isArray(value) && !(String(value[0]) in parsed.data)) return nodeFault(id, 'bad_linked_input', '');
    }
    if (class_type === 'CheckpointLoaderSimple' && !CHECKPOINTS.includes(String(inputs.ckpt_name))) {
      return nodeFault(id, 'value_not_in_list', `ckpt_name: '${inputs.ckpt_name}' not in list`);
    }
    if (class_type.startsWith('LoadImage') && !uploads.has(String(inputs.image))) {
      return nodeFault(id, 'custom_validation_failed', `image - Invalid image file: ${inputs.image}`);
    }
    for (const name of class_type === 'EmptyLatentImage' ? ['width', 'height'] : []) {
      if (!Number.isInteger(inputs[name])) return nodeFault(id, 'invalid_input_type', name);
      if (Number(inputs[name]) > 16_384) return nodeFault(id, 'value_bigger_than_max', name);
      if (Number(inputs[name]) < 16) return nodeFault(id, 'value_smaller_than_min', name);
    }
    if (class_type === 'KSampler' && !Number.isInteger(inputs.seed)) return nodeFault(id, 'invalid_input_type', 'seed');
  }
  const inputsOf = (type: string) => nodes.find(([, { class_type }]) => class_type === type)?.[1].inputs ?? {};
  const [positive] = [inputsOf('KSampler').positive].flat();
  const { width, height, batch_size: count } = inputsOf('EmptyLatentImage');
  return {
    prompt: String(parsed.data[String(positive)]?.inputs.text),
    width: Number(width),
    height: Number(height),
    count: Number(count),
    seed: Number(inputsOf('KSampler').seed),
  };
}
