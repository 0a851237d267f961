/** The years that the shop's orders are from, in order. */
export const years = [2023, 2024, 2025] as const;

const millisecondsPerDay = 86_400_000;
const firstDay = Date.UTC(years[0], 0, 1);
const dayCount = (Date.UTC(years[years.length - 1]! + 1, 0, 1) - firstDay) / millisecondsPerDay;

/** Goods are shipped, returned and their rows changed at most this long after the last order. */
const daysAfter = 60;

/** Made once: half the time of a large run went into the printing of dates. */
const dates: readonly string[] = Array.from({ length: dayCount + daysAfter }, (_, day) =>
  new Date(firstDay + day * millisecondsPerDay).toISOString().slice(0, 10),
);

/** `2024-02-29`; days are counted from the first of the shop, 0. */
export function dateOf(day: number): string {
  const date = dates[day];
  if (date === undefined) throw new RangeError(`day ${day} is outside the shop's calendar`);
  return date;
}

/** Trade of each month, January first: slow summers, a rush before the holidays. */
const monthWeights = [7, 6, 8, 8, 9, 8, 6, 6, 10, 10, 13, 15];

/** `sums[day]`: the trade up to and including that day; it grows each year, and rests at weekends. */
const sums: readonly number[] = (() => {
  let sum = 0;
  return Array.from({ length: dayCount }, (_, day) => {
    const date = new Date(firstDay + day * millisecondsPerDay);
    const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
    const growth = 4 + date.getUTCFullYear() - years[0];
    sum += growth * monthWeights[date.getUTCMonth()]! * (weekend ? 1 : 3);
    return sum;
  });
})();

/** The day on which the shop has sold `sold` of all the `total` things it will sell. */
export function dayWhenSold(sold: number, total: number): number {
  const share = sold * sums[dayCount - 1]!;
  let low = 0;
  let high = dayCount - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! * total > share) high = middle;
    else low = middle + 1;
  }
  return low;
}
