import type pg from 'pg';

/** A shop in seven tables with keys, references and comments: 59 customers, 412 invoices with 2 240 lines. */
export async function createMusicShop(client: pg.Client): Promise<void> {
  await client.query(`
    create table media_type (media_type_id int primary key, name varchar(120) not null);
    create table album (album_id int primary key, title varchar(160) not null);
    create table employee (
      employee_id int primary key, last_name varchar(20) not null, reports_to int references employee, hired timestamp);
    create table track (
      track_id int primary key, name varchar(200) not null, album_id int references album,
      media_type_id int not null references media_type, unit_price numeric(10,2) not null, updated_at timestamptz not null);
    create table customer (
      customer_id int primary key, first_name varchar(40) not null, city varchar(40), email varchar(60) not null,
      phone varchar(24), support_rep_id int references employee);
    create table invoice (
      invoice_id int primary key, customer_id int not null references customer, invoice_date timestamp not null,
      total numeric not null);
    create table invoice_line (
      invoice_line_id int primary key, invoice_id int not null references invoice,
      track_id int not null references track, quantity int not null);
    create view revenue as select city, sum(total) as total from customer join invoice using (customer_id) group by city;
    comment on table customer is 'Buyers of the shop';
    comment on column customer.city is 'Where the first invoice went to';
    insert into media_type select n, 'Type ' || n from generate_series(1, 5) n;
    insert into album select n, 'Album ' || n from generate_series(1, 40) n;
    insert into employee select n, 'Name ' || n, nullif(n / 3, 0), '2020-01-01' from generate_series(1, 8) n;
    insert into track select n, 'Track ' || n, n % 40 + 1, n % 5 + 1, 0.99, '2024-05-06 07:08:09+00' from generate_series(1, 350) n;
    insert into customer
      select n, 'First ' || n, 'City ' || n % 7, n || '@example.com', '+' || n, n % 8 + 1 from generate_series(1, 59) n;
    insert into invoice select n, n % 59 + 1, timestamp '2021-01-01' + n * interval '1 day', n * 1.25 from generate_series(1, 412) n;
    insert into invoice_line select n, n % 412 + 1, n % 350 + 1, n % 3 + 1 from generate_series(1, 2240) n;
    analyze;
    select pg_stat_force_next_flush();
  `);
}
