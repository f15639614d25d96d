-- # dbt model
{{ config(materialized='table', tags=["x"]) }}
with orders as (select * from {{ ref('stg_orders') }}), -- {{ this }} is a comment
customers as (select * from {{ source('shop', "customers") }})
{# select secret from hidden #}
select orders.id, customers.name from orders left join customers on customers.id = orders.customer_id
-- > stg_orders: customer_id(join) id(select) (*)
-- > shop.customers: id(join) name(select) (*)
-- # dbt with another package and a version
select id from {{ ref('finance', 'revenue', v=2) }} r where r.year = 2026
-- > finance.revenue: id(select) year(filter)
-- # other templates are not understood
select id from {{ ref('orders') }} {% if is_incremental() %} where day > (select max(day) from {{ this }}) {% endif %}
-- > not understood at 1:36: a template writes what stands here
-- > hidden
-- > orders: *
-- # a table that a template names
select id from {{ var('table') }}
-- > not understood at 1:16: a template writes what stands here; no table was found in it
-- > hidden
-- # a string that a template writes
select id from orders where day > '{{ var("day") }}'
-- > not understood at 1:35: the text is written by a template
-- > orders: *
-- # quotes of two kinds
select o."id", `o`.name from `orders` o
-- > orders: id(select) name(select)
-- # several statements
begin; select a from t; insert into u select b from v; drop table w; grant select on t to x; commit
-- > -- 1
-- > nothing
-- > -- 2
-- > t: a(select)
-- > -- 3
-- > v: b(select)
-- > -- 4
-- > nothing
-- > -- 5
-- > nothing
-- > -- 6
-- > nothing
-- # copy of a query
copy (select id from orders) to 'x.csv'
-- > orders: id(select)
-- # a table that is cloned
create table a clone b
-- > not understood at 1:16: what is defined with CLONE is not seen
-- > hidden
-- > a: *
-- > b: *
-- # a function body
create function f() returns int as $$ select count(*) from orders $$
-- > not understood at 1:8: what is defined with FUNCTION is not seen; no table was found in it
-- > hidden
-- # an unknown statement
frobnicate the table orders
-- > not understood at 1:1: a statement is expected before "frobnicate"
-- > orders: *
-- # nothing is called so
select x.a from (select b from t) y
-- > not understood at 1:8: nothing here is called x
-- > t: *
-- # words in the wrong place
select a, from where
-- > not understood at 1:16: a table is expected before "where"; no table was found in it
-- > hidden
-- # a quote that never ends
select 'a from orders
-- > not understood at 1:8: the quote that starts here never ends; no table was found in it
-- > hidden
-- # delete and its source
delete from orders o using customers c where c.id = o.customer_id and c.gone
-- > orders: customer_id(filter)
-- > customers: gone(filter) id(filter)
-- # insert of values reads nothing
insert into orders (id, note) values (1, 'x')
-- > nothing
-- # upsert
insert into totals as t (id, n) select id, 1 from orders on conflict (id) do update set n = t.n + excluded.n returning t.id
-- > totals: id(select+filter) n(select)
-- > orders: id(select)
-- # data-modifying with
with gone as (delete from orders where day < current_date returning id, note) insert into archive select id from gone
-- > orders: day(filter) id(select) note(select)
-- # trailing comma
select a, b, from t
-- > t: a(select) b(select)
-- # template that writes a join
select a from t {{ join_clause() }}
-- > not understood at 1:17: a template writes what stands here
-- > hidden
-- > t: *
-- # explain
explain analyze select a from t
-- > t: a(select)
-- # tables with names of all kinds
select max(a) from first; select b from t1, only, offset o where o.user = 'x'
-- > -- 1
-- > first: a(select)
-- > -- 2
-- > not understood at 1:49: a table is expected before ","
-- > hidden
-- > t1: *
-- # a string that may end in two places
select a from t where b = 'it\'s' and c = 'd'
-- > not understood at 1:27: without its dialect it is not known where the string ends
-- > hidden
-- > t: *
-- # a query in brackets that are skipped otherwise
select sum(a) over (order by b rows between (select max(c) from u) preceding and current row) from t
-- > not understood at 1:46: a query stands where none is read
-- > u: *
-- > t: *
-- # an array, or a table of a schema
select o.id, l.sku from shop.orders o, o.lines l
-- > shop.orders: id(select) lines(select)
-- > o.lines: *
