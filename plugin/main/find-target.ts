/** As much of a Figma node as it takes to tell whether a picture can become its fill. */
export interface TargetCandidate {
  readonly name: string;
  readonly type: string;
  readonly locked?: boolean;
  readonly fills?: unknown;
  readonly parent: TargetAncestor | null;
}

interface TargetAncestor {
  readonly type: string;
  readonly locked?: boolean;
  readonly parent: TargetAncestor | null;
}

export interface TargetVerdict {
  readonly takesFill: boolean;
  /** Why it takes none, in words for the designer; null where that is obvious. */
  readonly why: string | null;
}

/** Layers whose fill is an area. Text takes image fills as well, but nobody means to paint letters by selecting them. */
const AREAS = ['FRAME', 'RECTANGLE', 'ELLIPSE', 'POLYGON', 'STAR', 'VECTOR', 'BOOLEAN_OPERATION', 'COMPONENT'];

/** Whether a picture can become the fill of this layer. */
export function judgeTarget(node: TargetCandidate): TargetVerdict {
  const refuse = (why: string): TargetVerdict => ({ takesFill: false, why: `“${node.name}” ${why}.` });
  let locked = false;
  for (let ancestor: TargetAncestor | null = node; ancestor; ancestor = ancestor.parent) {
    if (ancestor.type === 'INSTANCE') return refuse('belongs to a component instance');
    if (ancestor.locked) locked = true;
  }
  const takesFill = AREAS.includes(node.type) && Array.isArray(node.fills);
  return takesFill && locked ? refuse('is locked') : { takesFill, why: null };
}
