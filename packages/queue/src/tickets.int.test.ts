import { randomUUID } from 'node:crypto';
import { eventually, startProxy, testRedisUrl } from '@avatarforge/testing';
import { Redis } from 'ioredis';
import { createTicketBell, createTicketWaiter, queueName, type Ticket } from './index';

const redisUrl = testRedisUrl();
const log = { warn: () => undefined };
/** Longer than a busy machine takes to ring, shorter than a test may wait. */
const DEADLINE_MS = 500;
const openings: { close(): Promise<unknown> }[] = [];
let redis: Redis;
let instanceClass: string;

beforeAll(() => {
  redis = new Redis(redisUrl);
});
afterAll(() => redis.quit());

beforeEach(() => {
  instanceClass = randomUUID();
});
afterEach(async () => {
  await Promise.all(openings.splice(0).map((opened) => opened.close()));
});

async function openBell(url = redisUrl) {
  const bell = createTicketBell({ redisUrl: url, log, deadlineMs: DEADLINE_MS });
  openings.push(bell);
  await eventually(() => bell.ping());
  return bell;
}

function openWaiter(url = redisUrl) {
  const waiter = createTicketWaiter({ redisUrl: url, instanceClass, log });
  openings.push(waiter);
  return waiter;
}

const newTicket = (): Ticket => ({ instanceClass, shotId: randomUUID(), tries: 0 });
const keysOfClass = () => redis.keys(`{avatarforge}:${queueName(instanceClass)}:*`);

describe('a ticket', () => {
  it('wakes a waiting worker', async () => {
    const bell = await openBell();
    const waiter = openWaiter();
    const ticket = newTicket();
    const next = waiter.next({ timeoutMs: 5_000 });
    await bell.ring([ticket]);
    expect(await next).toEqual({ shotId: ticket.shotId });
    expect(bell.counts()).toEqual({ rung: 1, lost: 0 });
  });

  it('is one however often it is rung, and another for the next try', async () => {
    const bell = await openBell();
    const ticket = newTicket();
    await bell.ring([ticket, ticket]);
    await bell.ring([ticket]);
    expect(await bell.waiting(instanceClass)).toBe(1);
    await bell.ring([{ ...ticket, tries: 1 }]);
    expect(await bell.waiting(instanceClass)).toBe(2);
  });

  it('is gone when next() returns it, so that the same one can be rung again', async () => {
    const bell = await openBell();
    const waiter = openWaiter();
    const ticket = newTicket();
    for (let round = 0; round < 3; round++) {
      await bell.ring([ticket]);
      expect(await waiter.next({ timeoutMs: 5_000 })).toEqual({ shotId: ticket.shotId });
      expect((await keysOfClass()).filter((key) => key.includes(ticket.shotId))).toEqual([]);
      expect(await bell.waiting(instanceClass)).toBe(0);
    }
  });

  it('goes to one of several workers', async () => {
    const bell = await openBell();
    const waiters = [openWaiter(), openWaiter(), openWaiter()];
    const tickets = Array.from({ length: 3 }, newTicket);
    await bell.ring(tickets);
    const taken = await Promise.all(waiters.map((waiter) => waiter.next({ timeoutMs: 5_000 })));
    expect(taken.map((ticket) => ticket?.shotId).sort()).toEqual(
      tickets.map(({ shotId }) => shotId).sort(),
    );
  });

  it('stays for others when nobody here is hungry any more', async () => {
    const bell = await openBell();
    const [sated, hungry] = [openWaiter(), openWaiter()];
    await sated.next({ timeoutMs: 1 });
    const noLonger = new AbortController();
    const given = sated.next({ timeoutMs: 5_000, signal: noLonger.signal });
    noLonger.abort();
    expect(await given).toBeNull();

    const ticket = newTicket();
    await bell.ring([ticket]);
    expect(await hungry.next({ timeoutMs: 5_000 })).toEqual({ shotId: ticket.shotId });
  });

  it('can be forgotten', async () => {
    const bell = await openBell();
    const waiter = openWaiter();
    const ticket = newTicket();
    await bell.ring([ticket]);
    await eventually(async () => {
      waiter.forget([ticket, newTicket()]);
      return (await bell.waiting(instanceClass)) === 0;
    });
  });

  it('without a shot in it is dropped', async () => {
    const waiter = openWaiter();
    const bell = await openBell();
    await bell.ring([{ ...newTicket(), shotId: 'no-uuid' }]);
    const ticket = newTicket();
    await bell.ring([ticket]);
    expect(await waiter.next({ timeoutMs: 5_000 })).toEqual({ shotId: ticket.shotId });
    expect(await bell.waiting(instanceClass)).toBe(0);
  });
});

describe('next()', () => {
  it('is null after its time', async () => {
    const waiter = openWaiter();
    await waiter.next({ timeoutMs: 1 });
    expect(await waiter.next({ timeoutMs: 300 })).toBeNull();
  });

  it('works again after a flush', async () => {
    const bell = await openBell();
    const waiter = openWaiter();
    await bell.ring([newTicket()]);
    await waiter.next({ timeoutMs: 5_000 });
    const ticket = newTicket();
    const next = waiter.next({ timeoutMs: 5_000 });
    await redis.flushdb();
    await bell.ring([ticket]);
    expect(await next).toEqual({ shotId: ticket.shotId });
  });
});

describe('when Redis restarts empty', () => {
  it('rings and waits work again without being told', async () => {
    const proxy = await startProxy(redisUrl);
    const bell = await openBell(proxy.url);
    const waiter = openWaiter(proxy.url);
    await bell.ring([newTicket()]);
    await waiter.next({ timeoutMs: 1_000 });

    const pending = waiter.next({ timeoutMs: 200 });
    await proxy.cut();
    await redis.flushdb();
    await redis.script('FLUSH');
    expect(await pending).toBeNull();
    await proxy.restore();

    await eventually(() => bell.ping());
    const ticket = newTicket();
    await bell.ring([ticket]);
    expect(await eventually(() => waiter.next({ timeoutMs: 500 }))).toEqual({
      shotId: ticket.shotId,
    });
  });
});

describe('while Redis is', () => {
  it('not there from the start, nothing waits for it', async () => {
    const bell = createTicketBell({
      redisUrl: 'redis://127.0.0.1:1',
      log,
      deadlineMs: DEADLINE_MS,
    });
    const waiter = openWaiter('redis://127.0.0.1:1');
    openings.push(bell);
    await bell.ring([newTicket()]);
    expect(await bell.ping()).toBe(false);
    expect(await bell.waiting(instanceClass)).toBeNull();
    expect(bell.counts()).toEqual({ rung: 0, lost: 1 });
    expect(await waiter.next({ timeoutMs: 300 })).toBeNull();
  });

  it.each(['cut off', 'frozen'])(
    '%s, rings end by their deadline and next() by its time',
    async (how) => {
      const proxy = await startProxy(redisUrl);
      const bell = await openBell(proxy.url);
      const waiter = openWaiter(proxy.url);
      await bell.ring([newTicket()]);
      await waiter.next({ timeoutMs: 1_000 });

      if (how === 'frozen') proxy.freeze();
      else await proxy.cut();
      for (let ring = 0; ring < 5; ring++) {
        await bell.ring([newTicket(), newTicket()]);
      }
      expect(bell.counts()).toEqual({ rung: 1, lost: 10 });
      for (let round = 0; round < 3; round++) {
        expect(await waiter.next({ timeoutMs: 200 })).toBeNull();
      }
    },
  );

  it('frozen for a while, it is used again when it thaws', async () => {
    const proxy = await startProxy(redisUrl);
    const bell = await openBell(proxy.url);
    proxy.freeze();
    expect(await bell.ping()).toBe(false);
    proxy.thaw();
    await eventually(() => bell.ping());
  });
});
