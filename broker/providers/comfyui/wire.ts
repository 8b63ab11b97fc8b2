import { z } from 'zod';

/** What ComfyUI says (Comfy-Org/ComfyUI, server.py and execution.py). Unknown fields are ignored. */

/** 200 to `POST /prompt`. */
export const Queued = z.object({ prompt_id: z.string().min(1) });

/** 400 to `POST /prompt`: what is wrong with the graph as a whole, and with each of its nodes. */
export const GraphError = z.object({
  error: z.object({ type: z.string(), message: z.string().nullish(), details: z.string().nullish() }),
  node_errors: z
    .record(z.string(), z.object({ errors: z.array(z.object({ type: z.string(), details: z.string().nullish() })) }))
    .nullish()
    // Where there are none, it says so by an empty list.
    .catch({}),
});

/** An item of the queue: its number, the prompt's id, and the graph and more behind them. */
const Item = z.tuple([z.unknown(), z.string()], z.unknown());

/** 200 to `GET /queue`. */
export const Queue = z.object({ queue_running: z.array(Item), queue_pending: z.array(Item) });

const Picture = z.object({ filename: z.string(), subfolder: z.string(), type: z.string() });
export type Picture = z.infer<typeof Picture>;

/** 200 to `GET /history/{prompt_id}`: nothing until the graph has ended. */
export const History = z.record(
  z.string(),
  z.object({
    /** By node; other kinds of output are no pictures. */
    outputs: z.record(z.string(), z.object({ images: z.array(Picture).nullish() })),
    status: z
      .object({ status_str: z.string(), messages: z.array(z.tuple([z.string(), z.unknown()])).nullish() })
      .nullish(),
  }),
);

/** 200 to `POST /upload/image`. */
export const Uploaded = z.object({ name: z.string().min(1), subfolder: z.string() });

/** What is said of a node that failed. */
export const ExecutionError = z.object({ node_type: z.string().nullish(), exception_message: z.string().nullish() });

/** 200 to `GET /object_info/CheckpointLoaderSimple`: the weights that the server has. */
export const Checkpoints = z.object({
  CheckpointLoaderSimple: z.object({
    input: z.object({ required: z.object({ ckpt_name: z.tuple([z.array(z.string())], z.unknown()) }) }),
  }),
});
