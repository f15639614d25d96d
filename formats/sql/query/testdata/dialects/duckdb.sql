-- # from first
from orders select id, amount where status = 'paid'
-- > orders: amount(select) id(select) status(filter)
-- # from alone
from orders
-- > orders: *
-- # exclude and replace
select * exclude (a, b) replace (c + 1 as c) from t
-- > t: c(select) *
-- # columns by a pattern
select columns('a.*') from orders
-- > not understood at 1:15: COLUMNS chooses columns by a pattern
-- > orders: *
-- # lists, structs and lambdas
select [a, b][1:2], {'x': c, 'y': d}.x, list_transform(e, lambda z: z + f), g.upper() from t
-- > t: a(select) b(select) c(select) d(select) e(select) f(select) g(select)
-- # files
select o.id, p.sku from 'orders.parquet' o join read_parquet('items/*.parquet') p on p.order_id = o.id
-- > 'orders.parquet': id(select+join)
-- # group by all, qualify, semi join
select region, sum(amount) from orders semi join customers on customer_id = id group by all order by all
-- > orders: amount(select+group) customer_id(join) id(join) region(select+group)
-- > customers: amount(select+group) customer_id(join) id(join) region(select+group)
-- # asof and positional
select a.x, b.y from a asof join b on a.t >= b.t and a.k = b.k positional join c
-- > a: k(join) t(join) x(select)
-- > b: k(join) t(join) y(select)
-- > c:
-- # alias first
select total: amount + tax, id from orders using sample 10%
-- > orders: amount(select) id(select) tax(select)
-- # union by name
select id from a union by name select id from b
-- > not understood at 1:32: the columns of a set operation are paired by name
-- > a: *
-- > b: *
