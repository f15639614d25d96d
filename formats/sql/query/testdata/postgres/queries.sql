-- # one column
select name from customers
-- # filter
select name from customers where region = 'EU'
-- # star
select * from customers
-- # star of one of two
select c.*, o.id from customers c join orders o on o.customer_id = c.id
-- # star of both
select * from customers c join orders o on o.customer_id = c.id
-- # alias with as
select x.name as label from customers as x
-- # no alias, qualified by table
select customers.name from customers
-- # qualified by schema
select public.customers.name, region from public.customers
-- # two schemas, one name
select public.orders.id, o.total from public.orders, sales.orders o where o.region = 'x'
-- # unqualified in a join
select name, amount from customers join orders on customer_id = customers.id
-- # comma join
select name, amount from customers c, orders o where c.id = o.customer_id
-- # comma and join
select c.name, p.title from customers c, items i join products p on p.sku = i.sku where c.id = i.order_id
-- # left join
select c.name from customers c left outer join orders o on o.customer_id = c.id where o.id is null
-- # full join
select coalesce(c.name, o.note) from customers c full join orders o on c.id = o.customer_id
-- # cross join
select c.name from customers c cross join products
-- # nested joins
select c.name from customers c join (orders o join items i on i.order_id = o.id) on o.customer_id = c.id
-- # joins whose conditions come last
select c.name from customers c join orders o join items i on i.order_id = o.id on o.customer_id = c.id
-- # aliased join
select j.name from (customers c join items i on c.id = i.order_id) as j
-- # using
select sku, title, quantity from items join products using (sku)
-- # using and star
select * from items join products using (sku)
-- # using three
select id from customers join orders using (id) join employees using (id)
-- # natural
select title from items natural join products
-- # natural and star
select * from items natural left join products
-- # natural without anything in common
select quantity from items natural join customers
-- # self join
select a.name, b.name from employees a join employees b on a.manager_id = b.id
-- # derived table
select d.n from (select name as n, region from customers where email is not null) d
-- # star of a derived table
select d.* from (select name, region from customers) d
-- # star in a derived table
select d.name from (select * from customers) d
-- # columns renamed by the alias
select d.b from (select id, name from customers) d (a, b)
-- # table whose columns the alias renames
select x.b from customers as x (a, b) where x.a > 1
-- # cte
with c as (select id, name from customers) select name from c
-- # cte of stars
with x as (select * from orders) select x.id, c.name, sum(x.amount) over () from x join customers c on x.customer_id = c.id where c.region = 'x'
-- # cte that is not used
with x as (select amount from orders) select name from customers
-- # cte with columns
with x (a, b) as (select id, amount from orders) select a from x where b > 1
-- # cte of a cte
with x as (select id, amount from orders), y as (select amount as a from x) select a from y
-- # cte that shadows a table
with orders as (select sku as id from items) select id from orders
-- # cte that shadows the table it reads
with orders as (select * from orders where status = 'paid') select id from orders
-- # cte used twice
with x as (select id, customer_id from orders) select a.id from x a join x b on a.id = b.customer_id
-- # cte materialized
with x as materialized (select id from orders), y as not materialized (select id from customers) select * from x, y
-- # cte in a subquery
select name from customers where id in (with x as (select customer_id from orders) select customer_id from x)
-- # cte of values
with x (a, b) as (values (1, 'x'), (2, 'y')) select name, b from customers join x on a = id
-- # recursive
with recursive t as (select id, manager_id, name from employees where manager_id is null union all select e.id, e.manager_id, e.name from employees e join t on e.manager_id = t.id) select name from t
-- # recursive with columns
with recursive t (i, depth) as (select id, 1 from employees union select e.id, depth + 1 from employees e, t where e.manager_id = t.i) select max(depth) from t
-- # recursive counter
with recursive n (i) as (select 1 union all select i + 1 from n where i < 10) select i, name from n join customers on id = i
-- # recursive with search
with recursive t (id, boss) as (select id, manager_id from employees union all select e.id, e.manager_id from employees e join t on e.id = t.boss) search depth first by id set path select id, path::text from t
-- # recursive with cycle
with recursive t (id, boss) as (select id, manager_id from employees union all select e.id, e.manager_id from employees e join t on e.id = t.boss) cycle id set looped using trail select id, looped from t
-- # union
select name from customers union select title from products
-- # union all of stars
select * from items union all select * from items
-- # except, intersect, parentheses
(select id from customers except select customer_id from orders) intersect select id from employees order by 1 limit 3
-- # union in a derived table
select u.x from (select name as x, region as y from customers union all select title, category from products) u where u.y = 'a'
-- # order of a union
select name as n from customers union all select note from orders order by n
-- # in
select name from customers where id in (select customer_id from orders where amount > 10)
-- # not in a row
select name from customers where (id, region) not in (select o.customer_id, t.region from orders o, sales.targets t)
-- # exists
select name from customers c where exists (select 1 from orders o where o.customer_id = c.id)
-- # exists of a star
select name from customers c where not exists (select * from items i where i.order_id = c.id)
-- # scalar subquery
select name, (select max(amount) from orders) from customers
-- # correlated scalar subquery
select name, (select count(*) from orders where customer_id = customers.id) from customers
-- # correlated, unqualified, from outside
select name from customers where exists (select 1 from items where order_id = id and region = 'x')
-- # name that is found inside first
select name from customers where exists (select 1 from orders where id = 3)
-- # correlated two levels up
select name from customers c where exists (select 1 from orders o where exists (select 1 from items i where i.order_id = o.id and i.sku = c.region))
-- # any and all
select name from customers where id = any (select customer_id from orders) and id > all (select order_id from items)
-- # any of an array
select title from products where 'x' = any (tags) and sku = any (array['a', 'b'])
-- # array of a subquery
select name, array(select amount from orders o where o.customer_id = c.id order by ordered_at) from customers c
-- # row comparison
select name from customers where (region, email) = ('a', 'b')
-- # lateral
select c.name, l.amount from customers c cross join lateral (select amount from orders o where o.customer_id = c.id order by ordered_at desc limit 1) l
-- # lateral left join
select c.name, l.n from customers c left join lateral (select count(*) as n from orders where customer_id = c.id) l on true
-- # lateral function
select p.title, t.tag from products p, unnest(p.tags) as t (tag)
-- # function with ordinality
select title, n from products, unnest(tags) with ordinality as t (tag, n) where tag like 'a%'
-- # unnest without alias of columns
select title, t from products cross join unnest(tags) t
-- # series
select g, name from generate_series(1, 10) g left join customers on id = g
-- # series without an alias
select generate_series from generate_series(1, 3)
-- # rows from
select a, b from orders, rows from (generate_series(1, id), generate_series(2, customer_id)) as r (a, b)
-- # json record set
select x.a, title from products, jsonb_to_recordset(attrs) as x (a int, b text)
-- # json each
select key, value from products, jsonb_each(attrs)
-- # json operators
select payload -> 'a' ->> 'b', payload #>> '{a,b}' from events where payload @> '{"x": 1}' and payload ? 'k'
-- # json path
select jsonb_path_query(payload, '$.a[*] ? (@ > 2)') from events
-- # json aggregate
select jsonb_object_agg(kind, payload order by at) filter (where id > 3) from events
-- # arrays
select labels[1], labels[1:2], array_length(labels, 1) from events where labels && array['x']::text[]
-- # array slices with columns
select cells[id][2], cells[:id] from matrix
-- # casts
select id::text, cast(at as date), kind::varchar(10) || 'x', (payload ->> 'n')::numeric(10, 2) from events
-- # typed literals
select id from events where at > timestamp '2026-01-01' and at < date '2026-02-01' + interval '1 day' and at <> timestamptz '2026-01-01 00:00 UTC'
-- # interval with a unit
select id from events where at > now() - interval '3' day
-- # at time zone
select at at time zone 'UTC' as day from events
-- # extract
select extract(year from at), date_part('month', at) from events group by extract(year from at), at
-- # string functions with words
select substring(name from 1 for 2), trim(both 'x' from region), overlay(email placing 'y' from 2 for id), position('a' in name) from customers
-- # like, ilike, similar
select id from customers where name like 'a%' escape '!' or email ilike '%b' or region similar to 'x|y' or name ~* 'z' and region not like 'q'
-- # between
select id from orders where amount between 1 and 2 or ordered_at not between symmetric now() and note::timestamptz
-- # is
select id from orders where (note is not null) is true and amount is distinct from 3 and status is not distinct from note
-- # case
select case status when 'a' then amount else 0 end, case when note is null then 1 when id > 3 then customer_id end from orders
-- # coalesce and nested functions
select coalesce(nullif(trim(lower(note)), ''), status, 'x') from orders
-- # group by
select region, count(*) from customers group by region having max(created_at) > now()
-- # group by ordinal and alias
select date_trunc('day', ordered_at) as day, status, sum(amount) from orders group by day, 2 order by 1
-- # group by alias that is a column, too
select upper(status) as note from orders group by note, status
-- # grouping sets
select region, name, grouping(region), count(*) from customers group by grouping sets ((region, name), (region), ())
-- # rollup and cube
select status, customer_id from orders group by rollup (status, customer_id), cube (id, (note, amount))
-- # nested grouping sets
select status from orders group by grouping sets (status, grouping sets ((id), rollup (note)))
-- # aggregate with filter
select count(*) filter (where status = 'x'), sum(amount) filter (where note is null) from orders
-- # aggregate with order
select string_agg(distinct name, ',' order by name), array_agg(id order by created_at desc nulls last) from customers
-- # ordered-set aggregate
select percentile_cont(0.5) within group (order by amount), mode() within group (order by status) from orders
-- # distinct
select distinct region from customers
-- # distinct on
select distinct on (customer_id) id, amount from orders order by customer_id, ordered_at desc
-- # window
select row_number() over (partition by customer_id order by ordered_at desc), lag(amount, 1) over (order by id) from orders
-- # named window
select sum(amount) over w, avg(amount) over (w rows between 1 preceding and current row) from orders window w as (partition by status order by ordered_at)
-- # window that is not used
select id from orders window w as (partition by status)
-- # window over an aggregate
select status, rank() over (order by sum(amount)) from orders group by status
-- # top of each group
select id from (select id, row_number() over (partition by customer_id order by amount) as rn from orders) x where rn = 1
-- # quoted names
select "Id", "select", m.plain from "Mixed Case" as m where m."a""b" > 1
-- # quoted alias
select "O o".amount as "Total" from orders "O o" order by "Total"
-- # upper case
SELECT NAME, Region FROM CUSTOMERS AS C WHERE c.ID = 1
-- # comments
select /* a, b */ name -- , region
from customers /* nested /* join orders */ here */ where id = 1
-- # strings with signs
select name from customers where name = 'from orders; -- ''x''' and email = e'it\'s' and region = $q$ from items $q$
-- # whole row
select row_to_json(i) from items i where i.quantity > 1
-- # row of a star
select row(i.*, 1)::text from items i
-- # composite column
select (home).city, (c.home).street from customers c
-- # composite by parentheses
select (c).name from customers c
-- # values
select * from (values (1, 'a'), (2, 'b')) as v (n, s) join customers on id = n
-- # values alone
values (1, 2), (3, 4)
-- # values of subqueries
select v.a from (values ((select max(amount) from orders)), ((select min(salary) from employees))) v (a)
-- # table
table items
-- # table in a set operation
table items union all table items
-- # sample
select id from orders tablesample bernoulli (10) repeatable (3)
-- # only
select id from only orders o where o.note = 'x'
-- # limit by subquery
select name from customers order by created_at limit (select count(*) from items) offset 2
-- # fetch
select name from customers order by id fetch first 5 rows only
-- # for update
select name from customers c where id = 1 for update of c
-- # order by an expression
select name from customers order by lower(region), created_at nulls first
-- # order by an alias that is a column, too
select upper(name) as region from customers order by region
-- # order by an alias in an expression is the column
select upper(name) as region from customers order by region || 'x'
-- # subquery in from of subquery
select a from (select b as a from (select c as b from (select amount as c, note from orders) z) y) x
-- # subquery in having
select status from orders group by status having sum(amount) > (select avg(goal) from sales.targets)
-- # subquery in order by
select name from customers c order by (select sum(amount) from orders o where o.customer_id = c.id)
-- # subquery in a join condition
select c.name from customers c join orders o on o.customer_id = (select min(id) from employees where dept = c.region)
-- # subquery in case
select case when exists (select 1 from items where order_id = o.id) then 'x' else note end from orders o
-- # star of a using join in a derived table
select x.title from (select * from items join products using (sku)) x
-- # positions of a using join
select x.a, x.c from (select * from items join products using (sku)) x (a, b, c)
-- # system column
select ctid, xmin from orders
-- # named arguments
select make_interval(days => quantity, hours := 3) from items
-- # operators with a name
select id operator(pg_catalog.+) customer_id from orders
-- # negative, factorial-like and chained signs
select -amount, + id, - - customer_id, amount * -1, @ amount, ~ id from orders
-- # collate
select name collate "C" from customers order by email collate "C" desc
-- # boolean without comparison
select id from orders where not (status = 'a' or note is null) and true
-- # overlaps
select id from events where (at, interval '1 hour') overlaps (at, now())
-- # xml
select xmlelement(name a, xmlattributes(id as b), doc), xpath('/x', doc) from matrix
-- # xmltable
select x.n from matrix, xmltable('/a' passing doc columns n int path 'b') x
-- # function of the whole table
select count(o), count(o.*) from orders o
-- # everything at once
with paid as (select o.*, row_number() over (partition by customer_id order by ordered_at desc) rn from orders o where status = 'paid'), best as (select customer_id, amount from paid where rn = 1) select c.name, b.amount, (select string_agg(i.sku, ',') from items i join paid p on p.id = i.order_id where p.customer_id = c.id) from customers c left join best b on b.customer_id = c.id where c.region in (select region from sales.targets where year = 2026) order by b.amount desc nulls last
-- # an import, as dbt has it
with customers as (select * from customers), orders as (select * from orders), final as (select customers.id, customers.name, count(orders.id) as n from customers left join orders on orders.customer_id = customers.id group by 1, 2) select * from final
-- # pivot by aggregates
select customer_id, max(case when status = 'a' then amount end) as a, max(case when status = 'b' then amount end) as b from orders group by customer_id
-- # gaps and islands
select min(at), max(at) from (select at, sum(new) over (order by at) as island from (select at, case when at - lag(at) over (order by at) > interval '1 hour' then 1 else 0 end as new from events where kind = 'x') a) b group by island
-- # anti join by not in of a union
select sku from products where sku not in (select sku from items union select kind from events)
-- # lateral chain
select a.x, b.y from orders o, lateral (select o.amount as x) a, lateral (select a.x + o.customer_id as y) b
-- # lateral values
select v.k, v.v from orders o cross join lateral (values ('a', o.amount::text), ('s', o.status)) v (k, v)
-- # correlated in a cte of a subquery
select name, (with x as (select amount from orders where customer_id = c.id) select sum(amount) from x) from customers c
-- # data-modifying would write, so only its reads
select o.status, count(distinct o.customer_id) from orders o group by rollup (o.status)
-- # in a list with columns
select id from orders where status in (note, 'x', lower(status)) and id in (1, 2)
-- # current values
select current_date, current_user, session_user, localtimestamp, name from customers where created_at < current_timestamp
-- # named like keywords
select o.id as value, o.note as "order", o.status as type from orders o where o.amount > 1
-- # alias without as
select amount total, status state from orders o where o.id > 1
-- # double precision
select amount::double precision, ordered_at::timestamp with time zone, cast(id as character varying(10)) from orders
-- # ordinality of a series in a join
select o.id from orders o join generate_series(1, 3) with ordinality as g (v, i) on g.v = o.customer_id and g.i > 1
-- # expression in lateral function arguments
select r.x from orders o left join lateral regexp_split_to_table(o.note, ',') as r (x) on true
