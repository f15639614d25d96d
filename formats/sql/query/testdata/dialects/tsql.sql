-- # brackets, top, hints
select top (10) o.[id], [total amount] = o.amount, o.[select] from [dbo].[orders] as o with (nolock) where o.status = N'paid' order by o.[id] option (recompile)
-- > dbo.orders: amount(select) id(select+order) select(select) status(filter)
-- # apply
select c.name, l.amount from dbo.customers c cross apply (select top 1 o.amount from dbo.orders o where o.customer_id = c.id order by o.day desc) l outer apply dbo.tags(c.id, c.region) t
-- > dbo.customers: id(select+filter) name(select) region(select)
-- > dbo.orders: amount(select) customer_id(filter) day(order)
-- # no semicolons
declare @d date = '2026-01-01'
select id into #tmp from orders where day > @d
select t.id from #tmp t join items i on i.order_id = t.id
-- > -- 1
-- > nothing
-- > -- 2
-- > orders: day(filter) id(select)
-- > -- 3
-- > #tmp: id(select+join)
-- > items: order_id(join)
-- # convert and units
select convert(varchar(10), day, 120), datediff(day, ordered, shipped), isnull(note, ''), try_convert(int, code) from orders
-- > orders: code(select) day(select) note(select) ordered(select) shipped(select)
-- # update with from
update o set o.note = c.name, o.total += i.price from dbo.orders o join dbo.customers c on c.id = o.customer_id join items i on i.order_id = o.id where c.region = 'x'
-- > dbo.orders: customer_id(join) id(join) total(select)
-- > dbo.customers: id(join) name(select) region(filter)
-- > items: order_id(join) price(select)
-- # json
select o.id, j.sku from orders o cross apply openjson(o.lines) with (sku varchar(10) '$.sku', qty int) as j for json path
-- > orders: id(select) lines(select)
-- # recursion without the word
with t as (select id, boss from staff where boss is null union all select s.id, s.boss from staff s join t on t.id = s.boss) select id from t
-- > staff: boss(select+join+filter) id(select+join)
-- # delete with an alias
delete o output deleted.id from orders o join customers c on c.id = o.customer_id where c.gone = 1
-- > orders: customer_id(join)
-- > customers: gone(filter) id(join)
-- # a procedure
exec dbo.report 'orders'
-- > not understood at 1:1: what this statement runs is not seen; no table was found in it
-- > hidden
-- # a string for an alias, and another statement after FOR
select amount 'the total' from orders for json path select top (select max(n) from limits) id from items
-- > -- 1
-- > orders: amount(select)
-- > -- 2
-- > limits: n(select+filter)
-- > items: id(select) n(select+filter)
-- # a block
begin update orders set note = 'x' where gone = 1 end
-- > not understood at 1:1: what this statement runs is not seen
-- > hidden
-- > orders: *
