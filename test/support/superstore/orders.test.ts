import { describe, expect, it } from 'vitest';
import { awkwardNames } from './customers.ts';
import { generateOrders } from './index.ts';
import { people } from './people.ts';
import { awkwardProducts } from './products.ts';
import { generateReturns } from './returns.ts';

const orders = [...generateOrders(1)];

describe('the orders', () => {
  it('are 10,000 rows at scale 1, numbered from 1, by date over three years', () => {
    expect(orders.map((row) => row.row_id)).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
    const dates = orders.map((row) => row.order_date);
    expect(dates).toEqual(dates.toSorted());
    expect([...new Set(dates.map((date) => date.slice(0, 4)))]).toEqual(['2023', '2024', '2025']);
    expect(orders.every((row) => row.ship_date >= row.order_date)).toBe(true);
  });

  it('give the lines of one order one customer, place and date', () => {
    const perOrder = new Map<string, Set<string>>();
    for (const { order_id, order_date, ship_date, customer_id, city, region } of orders) {
      const told = perOrder.get(order_id) ?? perOrder.set(order_id, new Set()).get(order_id)!;
      told.add([order_date, ship_date, customer_id, city, region].join());
    }
    expect(perOrder.size).toBeGreaterThan(4_000);
    expect([...perOrder.values()].filter((told) => told.size > 1)).toEqual([]);
  });

  it('hold the values that careless programs get wrong', () => {
    const count = (test: (row: (typeof orders)[number]) => boolean) => orders.filter(test).length;
    expect(count((row) => row.postal_code?.startsWith('0') === true)).toBeGreaterThan(1_000);
    expect(count((row) => row.postal_code === null)).toBeGreaterThan(300);
    expect(count((row) => row.profit === null)).toBeGreaterThan(100);
    expect(count((row) => row.profit?.startsWith('-') === true)).toBeGreaterThan(500);
    const texts = new Set(orders.flatMap((row) => [row.customer_name, row.product_name]));
    expect([...awkwardNames, ...Object.keys(awkwardProducts)].filter((text) => !texts.has(text))).toEqual([]);
  });

  it('name regions that people answer for', () => {
    expect(new Set(orders.map((row) => row.region))).toEqual(new Set(people.map((person) => person.region)));
  });

  it('add up: sales is price times quantity less discount, to the last digit', () => {
    for (const { product_name, order_date, sales, quantity, discount } of orders) {
      const price = awkwardProducts[product_name];
      if (price === undefined || !order_date.startsWith('2023')) continue;
      const percent = 100n - BigInt(discount.replace('.', ''));
      expect(BigInt(sales.replace('.', ''))).toBe(BigInt(price) * BigInt(quantity) * percent);
    }
  });

  it('differ with the seed and not between calls', () => {
    const some = (seed?: number) => JSON.stringify([...generateOrders(0.01, seed)]);
    expect(some()).toBe(some());
    expect(some(1)).not.toBe(some(2));
  });

  it('are made one by one: the first of three million are there at once', () => {
    const started = generateOrders(300);
    expect(started.next().value).toMatchObject({ row_id: 1, order_date: '2023-01-01' });
  });
});

it('returns are orders that exist, each at most once, after they were shipped', () => {
  const shipped = new Map(orders.map((row) => [row.order_id, row.ship_date]));
  const returns = [...generateReturns(1)];
  expect(returns.length).toBeGreaterThan(150);
  expect(new Set(returns.map((row) => row.order_id)).size).toBe(returns.length);
  expect(returns.filter((row) => !(row.returned_on > (shipped.get(row.order_id) ?? '9')))).toEqual([]);
  expect(returns.some((row) => row.reason === null)).toBe(true);
});
