import { isDeepStrictEqual } from 'node:util';
import { LedgerModel } from '../ledger/test-model.ts';
import type { Call, LoggedEntry, Operation, Write } from './history.ts';

type Answered = Call & { readonly answer: NonNullable<Call['answer']> };

/** Open holds that the pool may have here; its one member may have all of them. */
export const MOST_OPEN = 3;

/** A pool after one entry, as the model has it. */
interface State {
  readonly funds: LedgerModel['funds'];
  /** How many holds were open. */
  readonly open: number;
}

/** A history, with what is looked up in it. */
interface History {
  readonly calls: readonly Call[];
  readonly log: readonly LoggedEntry[];
  /** After each entry, by its number. */
  readonly states: readonly State[];
  /** By `kind id`: the calls for it, and its first entry. */
  readonly callsFor: ReadonlyMap<string, readonly Call[]>;
  readonly entryOf: ReadonlyMap<string, LoggedEntry>;
  /** The last entry that a call which had ended by then was told of. */
  seenBy(time: number): number;
}

/**
 * Whether what callers were told can be: after Jepsen's checker for TigerBeetle. The log says which of the calls without
 * an answer were carried out, and in which order all were; the entries are replayed against the model in that order;
 * every answer must be what the model says at the entry that the answer names, and what ended before another call began
 * must come before it. n log n.
 * @param log all entries of the pool, oldest first.
 * @returns what cannot be, in words; nothing for a history that is right.
 */
export function checkHistory(calls: readonly Call[], log: readonly LoggedEntry[]): string[] {
  const wrong: string[] = [];
  const answered = calls.filter((call): call is Answered => call.answer !== null);
  const callsFor = Map.groupBy(calls, ({ operation }) => nameOf(operation));
  const entryOf = new Map(log.toReversed().map((entry) => [`${entry.kind} ${entry.operationId}`, entry]));
  const states = replay(log, callsFor, wrong);
  const history: History = { calls, log, states, callsFor, entryOf, seenBy: sightings(answered) };
  for (const call of answered) wrong.push(...judge(call, history));
  wrong.push(...doneTwice(answered), ...outOfOrder(answered, history));
  return wrong;
}

/** Applies the entries to the model. @returns the state after each, by its number. */
function replay(log: readonly LoggedEntry[], callsFor: History['callsFor'], wrong: string[]): State[] {
  const model = new LedgerModel();
  const states: State[] = [{ funds: { ...model.funds }, open: 0 }];
  let open = 0;
  for (const [index, entry] of log.entries()) {
    const { seq, kind, operationId, amount, after } = entry;
    if (seq !== index + 1) wrong.push(`entry ${seq} is at place ${index + 1}`);
    if (kind !== 'open') {
      const asked = callsFor.get(`${kind} ${operationId}`)?.some(({ operation }) => isOf(entry, operation));
      if (!asked) wrong.push(`entry ${seq}: nobody asked for it`);
      const code = apply(model, entry);
      if (code !== 'OK') wrong.push(`entry ${seq}: ${kind} ${operationId} of ${amount} is ${code} to the model`);
    }
    const { paid, gift, held } = model.funds;
    const told = { paid: after.paid, gift: after.gift, held: after.held };
    if (!isDeepStrictEqual(told, { paid, gift, held })) wrong.push(`entry ${seq}: its balances are not the model's`);
    open += kind === 'hold' ? 1 : kind === 'capture' || kind === 'release' ? -1 : 0;
    states.push({ funds: { ...model.funds }, open });
  }
  return states;
}

function apply(model: LedgerModel, { kind, operationId, amount }: LoggedEntry): string {
  switch (kind) {
    case 'topup':
      return model.topup(operationId, 'paid', amount);
    case 'hold':
      return model.hold(operationId, 'ada', '', amount, { open: MOST_OPEN, byMember: Number.POSITIVE_INFINITY });
    case 'capture':
      return model.settle(operationId, 'captured', amount);
    case 'release':
      return model.settle(operationId, 'released', 0);
    default:
      return `unknown (${kind})`;
  }
}

/** Whether the answer is what the model says after the entry that the answer names. */
function judge(call: Answered, history: History): string[] {
  const { operation, answer } = call;
  const told = `${nameOf(operation)} was answered ${answer.code} at entry ${answer.seq}`;
  const state = history.states[answer.seq];
  if (!state) return [`${told}, which is not in the log`];
  const wrong: string[] = [];
  const names = Object.keys(answer.funds) as (keyof typeof answer.funds)[];
  if (names.some((name) => state.funds[name] !== answer.funds[name])) {
    wrong.push(`${told} with balances that the model does not have there`);
  }
  if (operation.kind !== 'read' && !isBorneOut(operation, call, history)) {
    wrong.push(`${told}, which the log does not bear out`);
  }
  return wrong;
}

function isBorneOut(operation: Write, call: Answered, history: History): boolean {
  const { code, seq } = call.answer;
  const by = (name: string) => {
    const entry = history.entryOf.get(`${name} ${operation.id}`);
    return entry && entry.seq <= seq ? entry : undefined;
  };
  const own = by(operation.kind);
  const done = own && isOf(own, operation) ? own : undefined;
  switch (code) {
    case 'OK':
      return done?.seq === seq;
    case 'REPLAY':
      return done !== undefined;
    case 'TERMINAL':
      return !done && (by('capture') ?? by('release')) !== undefined;
    case 'UNKNOWN':
      return by('hold') === undefined;
    case 'BAD_ARGUMENT':
      return operation.kind === 'capture' && operation.amount > (by('hold')?.amount ?? 0);
    case 'INSUFFICIENT':
    case 'TOO_MANY':
      return (
        operation.kind === 'hold' && !history.entryOf.has(nameOf(operation)) && wasRefused(operation, call, history)
      );
    default:
      return false;
  }
}

/** A refusal is remembered, so it may have been right at any time since the id was first used. */
function wasRefused(operation: Write & { amount: number }, { answer }: Answered, history: History): boolean {
  const first = firstAsked(nameOf(operation), history);
  return history.states.slice(history.seenBy(first), answer.seq + 1).some(({ funds, open }) => {
    if (open >= MOST_OPEN) return answer.code === 'TOO_MANY';
    return answer.code === 'INSUFFICIENT' && funds.paid + funds.gift < operation.amount;
  });
}

function doneTwice(answered: readonly Answered[]): string[] {
  const done = answered.filter(({ operation, answer }) => operation.kind !== 'read' && answer.code === 'OK');
  const byName = Map.groupBy(done, ({ operation }) => nameOf(operation));
  return [...byName].flatMap(([name, calls]) => (calls.length > 1 ? [`${name} was done twice`] : []));
}

/** Real time: what was seen when a call ended is seen by every call that began later. */
function outOfOrder(answered: readonly Answered[], history: History): string[] {
  const begun = [
    ...answered.map(({ operation, answer, invoked }) => ({ what: nameOf(operation), invoked, least: answer.seq })),
    // An entry comes after all that its caller may have seen.
    ...history.log.slice(1).map(({ seq, kind, operationId }) => {
      return { what: `entry ${seq}`, invoked: firstAsked(`${kind} ${operationId}`, history), least: seq - 1 };
    }),
  ];
  return begun.flatMap(({ what, invoked, least }) => {
    const seen = history.seenBy(invoked);
    return least < seen ? [`${what} began after entry ${seen} was seen, and comes before it`] : [];
  });
}

function sightings(answered: readonly Answered[]): History['seenBy'] {
  const ended = answered.toSorted((a, b) => a.ended - b.ended);
  let most = 0;
  const seen = ended.map(({ answer }) => (most = Math.max(most, answer.seq)));
  return (time) => {
    let [from, to] = [0, ended.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((ended[middle]?.ended ?? time) < time) from = middle + 1;
      else to = middle;
    }
    return seen[from - 1] ?? 0;
  };
}

function firstAsked(name: string, { callsFor }: History): number {
  return Math.min(...(callsFor.get(name) ?? []).map(({ invoked }) => invoked));
}

function nameOf(operation: Operation): string {
  return operation.kind === 'read' ? 'read' : `${operation.kind} ${operation.id}`;
}

function isOf(entry: LoggedEntry, operation: Operation): boolean {
  return !('amount' in operation) || entry.amount === operation.amount;
}
