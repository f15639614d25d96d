-- # backticks, strings and limit
select `o`.`id`, "from x" as `label` from `shop`.`orders` o where o.status = 'it\'s' limit 5, 10 -- done
-- > shop.orders: id(select) status(filter)
-- # json and group_concat
select o.doc->'$.a', o.doc->>"$.b", group_concat(distinct i.sku order by i.price desc separator '; ') from orders o straight_join items i on i.order_id = o.id group by o.id with rollup
-- > orders: doc(select) id(join+group)
-- > items: order_id(join) price(order) sku(select)
-- # interval and match
select id from posts where created > now() - interval age day and match (title, body) against ('x' in boolean mode) # end
-- > posts: age(filter) body(filter) created(filter) id(select) title(filter)
-- # index hints, null-safe equality
select id from orders use index (by_day) where day <=> null and status rlike '^a' and amount div 2 = 1
-- > orders: amount(filter) day(filter) id(select) status(filter)
-- # insert on duplicate
insert into totals (id, n) select id, count(*) from orders group by id on duplicate key update n = values(n) + totals.old
-- > totals: n(select) old(select)
-- > orders: id(select+group)
-- # update of a join
update orders o join customers c on c.id = o.customer_id set o.name = c.name where c.region = 'x'
-- > orders: customer_id(join)
-- > customers: id(join) name(select) region(filter)
-- # a comment that runs
select /*!40001 sql_no_cache */ id from orders
-- > not understood at 1:8: the comment is run as SQL by some servers
-- > hidden
-- > orders: *
-- # variables and having an alias
select @n := amount as a, count(*) c from orders having c > 1
-- > orders: amount(select) c(filter)
-- # a string for an alias
select amount 'total', date '2026-01-01', level from orders
-- > orders: amount(select) level(select)
