-- # names with dashes and in one pair of quotes
select o.id, i.sku from my-project.shop.orders o join `my-project.shop.items` i on i.order_id = o.id
-- > my-project.shop.orders: id(select+join)
-- > my-project.shop.items: order_id(join) sku(select)
-- # struct access and unnest
select o.customer.address.city, line.sku from shop.orders as o, unnest(o.lines) as line with offset as n where line.quantity > 1 order by n
-- > shop.orders: customer(select) lines(select+filter+order)
-- # implicit unnest
select l.sku from shop.orders o, o.lines l where o.status = "paid"
-- > shop.orders: lines(select) status(filter)
-- # except and replace
select * except (note, secret) replace (lower(status) as status) from orders
-- > orders: status(select) *
-- # struct and array of a subquery
select as struct id, array(select as struct sku, quantity from items i where i.order_id = o.id) as lines, struct(o.region as r, 1 as n) from orders o
-- > items: order_id(filter) quantity(select) sku(select)
-- > orders: id(select+filter) quantity(select) region(select) sku(select)
-- # strings
select r"\d", "from x", '''it's
from y''', regexp_extract(note, r'^(\w+)') from orders # from z
-- > orders: note(select)
-- # safe_cast, if, typed array
select safe_cast(amount as int64), if(status = 'a', region, null), array<string>[note, 'x'][offset(0)] from orders
-- > orders: amount(select) note(select) region(select) status(select)
-- # qualify and window
select id from orders where true qualify rank() over (partition by customer_id order by amount) = 1
-- > orders: amount(order) customer_id(group) id(select)
-- # dates
select date_trunc(ordered_at, month), timestamp_diff(shipped_at, ordered_at, day), extract(week(monday) from shipped_at), date_add(due, interval delay day) from orders
-- > orders: delay(select) due(select) ordered_at(select) shipped_at(select)
-- # parameters and variables
select id from orders where status = @status and amount > @@limit
-- > orders: amount(filter) id(select) status(filter)
-- # wildcard and time travel
select user_id from `events_*` for system_time as of timestamp_sub(current_timestamp(), interval 1 hour) where _table_suffix = '2026'
-- > events_*: _table_suffix(filter) user_id(select)
-- # a pipe is not understood
from orders |> where amount > 1 |> select id
-- > not understood at 1:1: a statement is expected before "from"
-- > orders: *
-- # union distinct
select id from a union distinct (select id from b limit 1)
-- > a: id(select)
-- > b: id(select)
-- # in unnest
select id from orders where status in unnest(@list) or 'x' in unnest(tags)
-- > orders: id(select) status(filter) tags(filter)
-- # aggregate with its own clauses
select array_agg(distinct sku ignore nulls order by price desc limit 3), any_value(note having max amount) from items
-- > items: amount(select) note(select) price(order) sku(select)
