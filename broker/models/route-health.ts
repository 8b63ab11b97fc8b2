import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Route } from '../../shared/catalogue/model.ts';
import type { FailureReason } from '../../shared/failures.ts';
import type { Alarms } from '../alarms/alarms.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withDeadline } from '../redis/deadline.ts';

/** Which routes may be tried now, learnt from what happened on them. */
export interface RouteHealth {
  isUp(route: Route): boolean;
  /** Notes that a submit or a job on this route went wrong. @param cause the provider's own words, for the operator. */
  failed(route: Route, reason: FailureReason, cause: unknown): void;
  /** Notes that this route has delivered. */
  succeeded(route: Route): void;
  /** What is down now, by name: the same as long as nothing has gone up or down. */
  down(): readonly string[];
  /**
   * Begins anew, since a start is how an operator mends a key, and from then on takes in every few seconds what other
   * brokers have learnt.
   */
  start(): Promise<void>;
  stop(): void;
}

export interface RouteHealthOptions {
  /** What may be lost: a route that is forgotten to be down is tried once more. */
  readonly redis: RedisClient;
  readonly alarms: Pick<Alarms, 'raise'>;
  readonly logger: Logger;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** What a fault takes out of service, for how long (in ms), and what the operator should do. */
const TAKEN_OUT: Partial<Record<FailureReason, { whole: boolean; ms: number; advice: string }>> = {
  auth: { whole: true, ms: 10 * 60_000, advice: 'It refuses the key: check it and restart the broker.' },
  out_of_balance: { whole: true, ms: 10 * 60_000, advice: 'Its balance is used up: top it up.' },
  model_gone: {
    whole: false,
    ms: 60 * 60_000,
    advice: 'It no longer knows this model: take it out by INKPOT_CATALOGUE.',
  },
};

/** Faults of the route itself. What was asked for, or how much of it, is not its fault. */
const OUTAGES: ReadonlySet<FailureReason> = new Set(['provider_error', 'timeout', 'capacity', 'bad_output']);

/** So many faults in a row, with no delivery between, open a route's circuit … */
const OPENS_AFTER = 5;

/** … for so many ms; then it is tried again. */
const OPEN_FOR = 30_000;

const REFRESH_INTERVAL = 2_000;
const PATIENCE = 2_000;

/** Names of what is out of service, and until when (ms since 1970). */
const KEY = 'routes:out';
const Out = z.record(z.string(), z.coerce.number());

/** Routes out of service are known to all brokers; circuits are each broker's own. */
export function createRouteHealth({ redis, alarms, logger, clock }: RouteHealthOptions): RouteHealth {
  const circuits = new Map<string, Circuit>();
  let out: Readonly<Record<string, number>> = {};
  let timer: NodeJS.Timeout | undefined;

  const isOut = (name: string) => (out[name] ?? 0) > clock();

  function circuitOf(route: Route): Circuit {
    const name = nameOf(route);
    const circuit = circuits.get(name) ?? createCircuit(name, clock, logger);
    circuits.set(name, circuit);
    return circuit;
  }

  async function refresh(): Promise<void> {
    try {
      out = Out.parse(await withDeadline(PATIENCE, () => redis.hGetAll(KEY)));
    } catch (err) {
      logger.warn({ err }, 'which routes are out of service is not known; what was known last counts');
    }
  }

  function takeOut(name: string, until: number): void {
    out = { ...out, [name]: until };
    withDeadline(PATIENCE, () => redis.hSet(KEY, name, until)).catch((err: unknown) =>
      logger.warn({ err, route: name }, 'the other brokers were not told that a route is out of service'),
    );
  }

  return {
    isUp: (route) => !isOut(route.provider) && !isOut(nameOf(route)) && !circuits.get(nameOf(route))?.isOpen(),
    down: () => [
      ...Object.keys(out).filter(isOut),
      ...[...circuits].filter(([, circuit]) => circuit.isOpen()).map(([name]) => name),
    ],

    failed(route, reason, cause) {
      const fault = TAKEN_OUT[reason];
      if (!fault) {
        if (OUTAGES.has(reason)) circuitOf(route).tell('failure');
        return;
      }
      const name = fault.whole ? route.provider : nameOf(route);
      if (isOut(name)) return;
      takeOut(name, clock() + fault.ms);
      const what = `${name} is out of service for ${fault.ms / 60_000} minutes (${reason}). ${fault.advice} Until then its models go by their next route, if they have one.`;
      void alarms.raise({ kind: 'route_out', about: name, what, details: { cause: String(cause) } });
    },

    succeeded: (route) => circuits.get(nameOf(route))?.tell('success'),

    async start() {
      await withDeadline(PATIENCE, () => redis.del(KEY)).catch((err: unknown) =>
        logger.warn({ err }, 'what was out of service before this start still is'),
      );
      timer = setInterval(() => void refresh(), REFRESH_INTERVAL);
    },
    stop: () => clearInterval(timer),
  };
}

interface Circuit {
  isOpen(): boolean;
  tell(outcome: 'success' | 'failure'): void;
}

/**
 * A route's outcomes come minutes after its submits, so the breaker is told of them one by one. How long it rests is
 * measured here, because the first outcome after that decides whether it closes.
 */
function createCircuit(name: string, clock: () => number, logger: Logger): Circuit {
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: 0, breaker: new ConsecutiveBreaker(OPENS_AFTER) });
  let openUntil = 0;
  breaker.onBreak(() => {
    openUntil = clock() + OPEN_FOR;
    logger.warn({ route: name }, 'a route fails again and again; it rests for a while');
  });
  breaker.onReset(() => logger.info({ route: name }, 'a route delivers again'));
  return {
    isOpen: () => breaker.state === CircuitState.Open && clock() < openUntil,
    tell(outcome) {
      breaker
        .execute(() => {
          if (outcome === 'failure') throw new Error('the route failed');
        })
        .catch(() => undefined);
    },
  };
}

function nameOf({ provider, path }: Route): string {
  return `${provider} ${path}`;
}
