import { dateOf, dayWhenSold, years } from './calendar.ts';
import { customerAt, type Customer } from './customers.ts';
import type { Place } from './places.ts';
import { products } from './products.ts';
import { Random } from './random.ts';

/** One line of an order. Dates, decimals and instants are texts as PostgreSQL prints them, so none is rounded. */
export interface OrderRow {
  row_id: number;
  order_id: string;
  order_date: string;
  ship_date: string;
  ship_mode: string;
  customer_id: string;
  customer_name: string;
  segment: string;
  country: string;
  city: string;
  state: string;
  postal_code: string | null;
  region: string;
  product_id: string;
  category: string;
  sub_category: string;
  product_name: string;
  sales: string;
  quantity: number;
  discount: string;
  /** null where the cost was not known. */
  profit: string | null;
  updated_at: string;
}

/** An order without its lines; `random` continues where the order's own draws ended. */
export interface Order {
  id: string;
  /** Days since the first of the shop. */
  day: number;
  shipDay: number;
  shipMode: string;
  customer: Customer;
  place: Place;
  firstRow: number;
  lineCount: number;
  random: Random;
}

export const defaultSeed = 2023;

/** Generates the lines of the shop's orders by date: 10,000 times `scale` rows, made one by one as they are taken. */
export function* generateOrders(scale: number, seed = defaultSeed): Generator<OrderRow, void, undefined> {
  for (const order of generateOrderHeads(scale, seed)) {
    for (let line = 0; line < order.lineCount; line++) yield orderRow(order, order.firstRow + line);
  }
}

export function* generateOrderHeads(scale: number, seed: number): Generator<Order, void, undefined> {
  const rows = Math.round(10_000 * scale);
  const customers = Math.max(40, Math.round(rows / 12.5));
  let firstRow = 1;
  for (let number = 1; firstRow <= rows; number++) {
    const random = new Random(seed, number);
    const lineCount = Math.min(random.pick(lineCounts), rows - firstRow + 1);
    const customer = customerAt(random.below(customers), seed);
    const day = dayWhenSold(firstRow - 1, rows);
    const { name, fastest, slowest } = random.pick(shipModes);
    yield {
      id: `${customer.country.code}-${dateOf(day).slice(0, 4)}-${100_000 + number}`,
      day,
      shipDay: day + fastest + random.below(slowest - fastest + 1),
      shipMode: name,
      customer,
      place: random.pick(customer.country.places),
      firstRow,
      lineCount,
      random,
    };
    firstRow += lineCount;
  }
}

const lineCounts = [1, 1, 1, 1, 2, 2, 2, 3, 3, 4];

const standard = { name: 'Standard', fastest: 3, slowest: 7 };
const pickup = { name: 'Pickup Point', fastest: 2, slowest: 4 };
const express = { name: 'Express', fastest: 1, slowest: 2 };
const courier = { name: 'Same Day', fastest: 0, slowest: 0 };
const shipModes = [standard, standard, standard, standard, pickup, pickup, express, courier];

/** Per cent off the list price. */
const discounts = [0, 0, 0, 0, 0, 5, 10, 15, 20, 40];

function orderRow({ random, customer, place, ...order }: Order, rowId: number): OrderRow {
  const orderDate = dateOf(order.day);
  const product = random.pick(products);
  const quantity = 1 + random.below(9);
  const discount = random.pick(discounts);
  const yearsOpen = Number(orderDate.slice(0, 4)) - years[0];
  const price = Math.round((product.price * (100 + 3 * yearsOpen)) / 100);
  // Cents times per cent, hence ten-thousandths.
  const sales = price * quantity * (100 - discount);
  const cost = Math.round((price * quantity * product.cost) / 10);
  return {
    row_id: rowId,
    order_id: order.id,
    order_date: orderDate,
    ship_date: dateOf(order.shipDay),
    ship_mode: order.shipMode,
    customer_id: customer.id,
    customer_name: customer.name,
    segment: customer.segment,
    country: customer.country.name,
    city: place.city,
    state: place.state,
    postal_code: place.postalCode,
    region: place.region,
    product_id: product.id,
    category: product.category,
    sub_category: product.subCategory,
    product_name: product.name,
    sales: decimal(sales, 4),
    quantity,
    discount: decimal(discount, 2),
    profit: random.below(50) === 0 ? null : decimal(sales - cost, 4),
    updated_at: instant(order.shipDay + random.below(20), random),
  };
}

function decimal(units: number, digits: number): string {
  const text = String(Math.abs(units)).padStart(digits + 1, '0');
  return `${units < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function instant(day: number, random: Random): string {
  const seconds = random.below(86_400);
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map(twoDigits)
    .join(':');
  return `${dateOf(day)} ${time}.${String(random.below(1_000_000)).padStart(6, '0')}+00`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
