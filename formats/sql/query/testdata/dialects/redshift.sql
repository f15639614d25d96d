-- # super and late binding
create view mart.v as select o.c_name, l.sku, o.attrs.size[0].unit from shop.orders o, o.lines l where l.qty > 1 with no schema binding
-- > shop.orders: attrs(select) c_name(select) lines(select+filter)
-- # outer join of old
select a.id from a, b where a.id = b.id(+) and b.day is null
-- > a: id(select+filter)
-- > b: day(filter) id(filter)
-- # top, getdate, listagg
select top 5 id, listagg(name, ',') within group (order by name) over (partition by region), datediff(day, a, getdate()) from users order by 1
-- > users: a(select) id(select+order) name(select+order) region(group)
-- # unload hides its query
unload ('select * from orders') to 's3://x' iam_role 'y'
-- > not understood at 1:1: what this statement runs is not seen; no table was found in it
-- > hidden
-- # lateral alias
select amount * 2 as twice, twice + tax as both from orders
-- > orders: amount(select) tax(select) twice(select)
