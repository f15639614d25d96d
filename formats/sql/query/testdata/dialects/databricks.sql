-- # lateral view
select id, t.k, v from orders lateral view outer explode(attributes) t as k, v where size(tags) > 0
-- > orders: attributes(select+filter) id(select) tags(filter)
-- # lambda and path
select transform(lines, x -> x.price * rate), filter(tags, (t, i) -> i > lowest), raw:a.b[0]::int from `main`.`shop`.`orders`
-- > main.shop.orders: lines(select) lowest(select) rate(select) raw(select) tags(select)
-- # anti and semi join
select c.id from customers c left anti join orders o on o.customer_id = c.id left semi join items i on i.cid = c.id
-- > customers: id(select+join)
-- > orders: customer_id(join)
-- > items: cid(join)
-- # versions
select id from orders version as of 12 where day > date '2026-01-01'
-- > orders: day(filter) id(select)
-- # insert overwrite
insert overwrite table mart.daily partition (day = '2026-01-01') select id, amount from raw.orders where day = "2026-01-01"
-- > raw.orders: amount(select) day(filter) id(select)
-- # hints and sorting
select /*+ broadcast(b) */ a.id from a join b on a.id = b.id distribute by a.region sort by a.day desc
-- > a: day(order) id(select+join) region(order)
-- > b: id(join)
-- # merge of stars
merge into target using updates on target.id = updates.id when matched then update set * when not matched then insert *
-- > target: id(join)
-- > updates: id(join) *
-- # values
select v.a, o.id from values (1, 'x'), (2, 'y') as v(a, b) join orders o on o.id = v.a
-- > orders: id(select+join)
-- # struct types
select cast(raw as struct<a: int, b: array<string>>).a, from_json(body, 'a int') from events
-- > events: body(select) raw(select)
-- # a column that could be a unit
select date_trunc(day, at), dateadd(day, 1, at), datediff(month, day) from orders
-- > orders: at(select) day(select) month(select)
