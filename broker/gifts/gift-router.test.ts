import request from 'supertest';
import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { newCode } from './code-text.ts';
import { startTestGifts } from './test-gifts.ts';

const house = await startTestGifts();

test('a code that is typed in small letters brings its credits, as a gift, and the page says so', async () => {
  const ada = await house.newPerson();
  const { code, id } = await house.newCode();
  const { headers } = await ada.redeem(code.toLowerCase().replaceAll('-', ' '));
  const { text } = await ada.browser.get(headers.location ?? '').expect(200);
  expect(text).toContain('50 credits added');
  const [entry] = await house.ledger.listEntries(ada.poolId, { limit: 1 });
  expect(entry).toMatchObject({
    kind: 'topup',
    amount: credits(50),
    split: { gift: credits(50), paid: 0 },
    actor: ada.account.id,
    reference: `gift:${id}`,
  });
});

test('case 25: the same form twice, or at once, is one redemption and answers the same', async () => {
  const ada = await house.newPerson();
  const { code } = await house.newCode({ limit: 3 });
  const form = { ...(await ada.openForm()), code };
  const answers = await Promise.all([ada.send(form), ada.send(form)]);
  answers.push(await ada.send(form));
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
  expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1);
  expect(await house.given(ada.poolId)).toEqual([credits(50)]);
});

test('what is wrong with a code is told in words, and nothing is given', async () => {
  const [ada, ben] = [await house.newPerson(), await house.newPerson()];
  const open = await house.newCode();
  const expired = await house.newCode({ expiresAt: Date.parse('2026-11-24T00:00:00Z') });
  const revoked = await house.newCode();
  await house.codes.revoke(revoked.id, { actor: 'operator:eva', reason: 'leaked' });
  await ada.redeem(open.code);

  const expectRefused = async (person: typeof ada, code: string, status: number, words: string) => {
    const answer = await person.redeem(code);
    expect([answer.status, answer.text.includes(words)], words).toEqual([status, true]);
  };
  await expectRefused(ada, 'HELLO', 422, 'There is a slip in it');
  await expectRefused(ada, newCode(), 404, 'There is no such gift code here');
  await expectRefused(ada, open.code, 409, 'The pool Personal has had this code before');
  await expectRefused(ben, open.code, 410, 'as many times as it may be');
  await expectRefused(ben, expired.code, 410, 'could be redeemed until 23 November 2026, 23:59 UTC');
  await expectRefused(ben, revoked.code, 410, 'This code was withdrawn');
  expect(await house.given(ada.poolId)).toEqual([credits(50)]);
  expect(await house.given(ben.poolId)).toEqual([]);
});

test('whoever guesses is stopped after ten tries, and a right code no longer helps', async () => {
  const eve = await house.newPerson();
  const { code } = await house.newCode();
  const form = await eve.openForm();
  const answers = [];
  for (let n = 0; n < 10; n++) answers.push(await eve.send({ ...form, code: newCode() }));
  answers.push(await eve.send({ ...form, code }));
  expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 10 }, () => 404), 429]);
  expect(answers.at(-1)?.text).toContain('Wait 10 minutes and try again');
  expect(await house.given(eve.poolId)).toEqual([]);
});

test("a code is not redeemed for somebody else's pool, by a form from elsewhere, or by nobody", async () => {
  const [ada, eve] = [await house.newPerson(), await house.newPerson()];
  const { code, id } = await house.newCode();
  const form: Record<string, string> = { ...(await eve.openForm()), code };
  await eve.send({ ...form, pool: ada.poolId }).expect(404);
  const { form_token: _, ...foreign } = form;
  await eve.send(foreign).expect(403);
  await request(house.app)
    .post('/gift')
    .type('form')
    .send(form)
    .expect(303)
    .expect('Location', /^\/sign-in/);
  await eve.browser.get(`/gift?pool=${ada.poolId}`).expect(404);
  await eve.browser.get(`/gift/redeemed?pool=${eve.poolId}&code=${id}`).expect(404);
  await eve.browser.delete('/gift').expect(405);
  expect(await house.given(ada.poolId)).toEqual([]);
});
