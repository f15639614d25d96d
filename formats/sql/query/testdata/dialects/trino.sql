-- # unnest
select o.id, t.sku, n from hive.shop.orders o cross join unnest(o.lines) with ordinality as t (sku, n)
-- > hive.shop.orders: id(select) lines(select)
-- # row fields and lambdas
select o.customer.name, transform(tags, x -> upper(x) || suffix), reduce(prices, 0, (s, x) -> s + x, s -> s) from orders o
-- > orders: customer(select) prices(select) suffix(select) tags(select)
-- # try_cast, filter, fetch
select try_cast(amount as decimal(10, 2)), count_if(paid), sum(amount) filter (where paid) from orders group by 1 offset 2 fetch first 5 rows with ties
-- > orders: amount(select+group) paid(select+filter)
-- # quoted, any case
select "ID", Id from "Orders" o where O."Status" = 'x'
-- > orders: id(select) status(filter)
-- # grouping sets and listagg
select region, listagg(sku, ',' on overflow truncate '...' with count) within group (order by price) from items group by grouping sets ((region), ())
-- > items: price(order) region(select+group) sku(select)
-- # match_recognize is not understood
select * from orders match_recognize (partition by customer_id order by day pattern (a b) define b as price < prev(price))
-- > not understood at 1:22: match_recognize changes which columns there are
-- > orders: *
-- # a table argument
select * from table(exclude_columns(input => table(orders), columns => descriptor(note)))
-- > not understood at 1:46: a table is the argument of a function
-- > orders: *
