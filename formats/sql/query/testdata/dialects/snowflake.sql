-- # qualify, path and flatten
select o.id, f.value:sku::string as sku, o.raw:customer.name::varchar as name
from shop.public.orders o, lateral flatten(input => o.lines, outer => true) f
where o.status ilike any ('a%', 'b%')
qualify row_number() over (partition by o.id order by o.updated_at desc) = 1
-- > SHOP.PUBLIC.ORDERS: ID(select+group) LINES(select) RAW(select) STATUS(filter) UPDATED_AT(order)
-- # exclude, rename, lateral alias
select * exclude (note) rename (id as order_id), amount * 2 as twice, twice + 1 as more from orders
-- > ORDERS: AMOUNT(select) TWICE(select) *
-- # units are no columns
select dateadd(day, -1, ordered_at), datediff(month, ordered_at, current_date()), date_trunc(week, shipped_at) from orders
-- > ORDERS: ORDERED_AT(select) SHIPPED_AT(select)
-- # quoted names and folding
select "lower", Upper, o."MiXed" from "Db".PUBLIC.Orders o
-- > Db.PUBLIC.ORDERS: MiXed(select) UPPER(select) lower(select)
-- # group by all, named arguments, lambdas
select region, listagg(distinct sku, ',') within group (order by sku), filter(tags, t -> t > minimum) from orders group by all order by all
-- > ORDERS: MINIMUM(select+group) REGION(select+group) SKU(select+group+order) TAGS(select+group)
-- # table function and generator
select seq4() as n, o.id from table(generator(rowcount => 10)) g join orders o on o.id = n
-- > ORDERS: ID(select+join) N(join)
-- # time travel and sampling
select a.id from orders at (timestamp => '2026-01-01'::timestamp) a join items sample (10) i on i.order_id = a.id
-- > ORDERS: ID(select+join)
-- > ITEMS: ORDER_ID(join)
-- # pivot is not understood
select * from orders pivot (sum(amount) for month in ('jan', 'feb')) p
-- > not understood at 1:22: pivot changes which columns there are
-- > ORDERS: *
-- # columns that are counted
select $1, $2 from @stage/file.csv
-- > not understood at 1:8: columns are counted, not named; no table was found in it
-- > hidden
-- # a name that is computed
select a from identifier('orders')
-- > not understood at 1:25: a name is computed; no table was found in it
-- > hidden
-- # merge
merge into target t using (select id, amount from orders where status = 'paid') s on t.id = s.id
when matched and t.amount <> s.amount then update set t.amount = s.amount
when not matched then insert (id, amount) values (s.id, s.amount)
-- > TARGET: AMOUNT(filter) ID(join)
-- > ORDERS: AMOUNT(select+filter) ID(select+join) STATUS(filter)
-- # create table as, with a comment in slashes
create or replace transient table mart.daily cluster by (day) as
select date_trunc('day', o.ordered_at) as day, sum(amount) total // the sum
from raw.orders o group by 1
-- > RAW.ORDERS: AMOUNT(select) ORDERED_AT(select+group)
-- # hierarchy
select id, level from employees start with manager_id is null connect by manager_id = prior id
-- > EMPLOYEES: ID(select+join) LEVEL(select) MANAGER_ID(join+filter)
-- # asof join
select t.price from trades t asof join quotes q match_condition (t.at >= q.at) on t.symbol = q.symbol
-- > TRADES: AT(join) PRICE(select) SYMBOL(join)
-- > QUOTES: AT(join) SYMBOL(join)
-- # object of everything
select object_construct(*) from orders where id = 1
-- > ORDERS: ID(filter) *
