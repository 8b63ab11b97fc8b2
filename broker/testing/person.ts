import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { GenerationAnswer } from '../../shared/api/generations.ts';
import { Quote } from '../../shared/api/quotes.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { credits, type Millicredits } from '../../shared/credits.ts';
import { createAccounts } from '../accounts/accounts.ts';
import { API_SCOPE, audienceOf, issuerOf } from '../auth/identity.ts';
import { loadKeys } from '../auth/keys.ts';
import { createLedger } from '../ledger/index.ts';
import { createPools } from '../pools/pools.ts';
import type { RedisClient } from '../redis/connect.ts';

/** Somebody with an account and a token, and what they do over HTTP. */
export interface Person {
  readonly accountId: string;
  readonly poolId: string;
  readonly token: string;
  request(path: string, init?: RequestInit): Promise<Response>;
  quote(modelId: string, settings: Settings): Promise<Quote>;
  /** Asks for a quote and generates. @param key a new one unless said otherwise. */
  generate(modelId: string, settings: Settings, key?: string): Promise<GenerationAnswer>;
  read(generationId: string): Promise<GenerationAnswer>;
  topUp(whole: number): Promise<void>;
  available(): Promise<Millicredits>;
}

/** How long to wait for an answer, in ms: longer than the broker may take for any. */
const PATIENCE = 15_000;

/**
 * A person as the broker at `publicUrl` knows them: made by the broker's own rooms on its own Redis, with a token signed
 * by its own key, so that a test of money need not go through the sign-in pages.
 */
export async function createPerson(redis: RedisClient, publicUrl: string, email: string): Promise<Person> {
  const ledger = createLedger(redis);
  const pools = createPools({ redis, ledger });
  const account = await createAccounts({ redis, pools }).signIn(email);
  const [pool] = await pools.list(account.id);
  if (!pool) throw new Error('a new account has no pool');
  const token = await signToken(redis, publicUrl, account);

  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${publicUrl}${path}`, {
      signal: AbortSignal.timeout(PATIENCE),
      ...init,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...init.headers },
    });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    request(path, { method: 'POST', body: JSON.stringify(body), headers });
  const quote = async (modelId: string, settings: Settings) =>
    Quote.parse(await okJson(await post('/v1/quotes', { poolId: pool.id, modelId, settings })));

  return {
    accountId: account.id,
    poolId: pool.id,
    token,
    request,
    quote,
    async generate(modelId, settings, key = randomUUID()) {
      const { token: signed } = await quote(modelId, settings);
      const answer = await post('/v1/generations', { quote: signed, settings }, { 'Idempotency-Key': key });
      return GenerationAnswer.parse(await okJson(answer));
    },
    async read(generationId) {
      return GenerationAnswer.parse(await okJson(await request(`/v1/generations/${generationId}`)));
    },
    async topUp(whole) {
      const paymentId = `pi_${randomUUID()}`;
      const reference = 'test';
      await ledger.topup({
        poolId: pool.id,
        paymentId,
        amount: credits(whole),
        origin: 'paid',
        reference,
        actor: account.id,
      });
    },
    async available() {
      const balance = await ledger.readPool(pool.id);
      if (!balance) throw new Error('the pool is gone');
      return balance.available;
    },
  };
}

async function signToken(
  redis: RedisClient,
  publicUrl: string,
  account: { id: string; name: string },
): Promise<string> {
  const { jwks } = await loadKeys(redis);
  const [key] = jwks.keys;
  if (!key) throw new Error('no signing key');
  return new SignJWT({ scope: API_SCOPE, name: account.name, client_id: 'inkpot-figma' })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt' })
    .setIssuer(issuerOf(publicUrl))
    .setAudience(audienceOf(publicUrl))
    .setSubject(account.id)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await importJWK(key, key.alg));
}

async function okJson(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}
