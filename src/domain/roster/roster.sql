-- Rosters and reply slips on their way in: who is named now, and uploads waiting to be confirmed.

-- derived roster_draft  an upload between preview and import, gone after some days

-- schema roster-1
create table roster_draft (
    body_id id not null,
    id id not null,
    created instant not null,
    expires instant not null,
    name text not null,             -- of the file, only shown
    content json not null,          -- what was read; after the import what could not be imported
    applied instant,                -- null: waits for confirmation
    added int not null,             -- what the import did
    changed int not null,
    same int not null,
    ended int not null,
    primary key (body_id, id)
);

-- :roster_draft_add  :run  ($1 id body_id, $2 id id, $3 instant created, $4 instant expires,
--   $5 text name, $6 json content)  an upload that was read
insert into roster_draft (body_id, id, created, expires, name, content, applied, added, changed,
  same, ended)
values ($1, $2, $3, $4, $5, $6, null, 0, 0, 0, 0);

-- :roster_draft_get  :maybe  ($1 id body_id, $2 id id, $3 instant now)  one that has not expired
select d.name, d.content, d.applied, d.added, d.changed, d.same, d.ended, d.created
from roster_draft d where d.body_id = $1 and d.id = $2 and d.expires > $3;

-- :roster_draft_done  :run  ($1 id body_id, $2 id id, $3 instant applied, $4 json content,
--   $5 int added, $6 int changed, $7 int same, $8 int ended)  imported; what was bad stays
update roster_draft set applied = $3, content = $4, added = $5, changed = $6, same = $7, ended = $8
where body_id = $1 and id = $2;

-- :roster_draft_drop  :run  ($1 id body_id, $2 id id)  given up
delete from roster_draft where body_id = $1 and id = $2;

-- :roster_draft_expired  :many  ($1 instant now, $2 id body_id)  of a body; 0 = of all
select d.body_id, d.id from roster_draft d
where d.expires <= $1 and ($2 = 0 or d.body_id = $2) limit 1000;

-- :roster_unit_by_key  :many  ($1 id body_id, $2 text search_key, $3 date day)  by folded name or alias
select o.id, o.name, o.is_group from name_key k
join organization o on o.body_id = k.body_id and o.id = k.organization
where k.body_id = $1 and k.search_key = $2 and o.start_date <= $3 and o.end_date > $3
order by k.organization limit 4;

-- :roster_names  :many  ($1 id body_id, $2 date day)  what a name unknown could have meant
select o.id, o.name from organization o
where o.body_id = $1 and o.start_date <= $2 and o.end_date > $2 and o.is_group = 0
order by o.position, o.id limit 5000;

-- :roster_people  :many  ($1 id body_id, $2 id organization)  everybody a unit names or has named
select d.id, d.version, d.person, d.name, d.role, d.post, d.section, d.office_phone, d.mobile,
  d.start_date, d.end_date, d.state
from designation d
where d.body_id = $1 and d.organization = $2
order by d.position, d.id limit 5000;

-- A subquery with an order and a limit instead of "exists": it makes SQLite take the index by
-- organization, which it would pass over for the key of the table.
-- part roster_who_names
o.body_id = $1 and o.start_date <= $2 and o.end_date > $2
and o.parent is null and o.is_group = 0 and o.held = 0
and ($3 = 1 or o.classification not in ('committee', 'office', 'sector', 'sector-group'))
and ($4 = 1 or o.classification not in ('party', 'federation'))
and ((select l.id from link l where l.body_id = $1 and l.to_organization = o.id
        and l.start_date <= $2 and l.end_date > $2
      order by l.position limit 1) is not null
  or (select l.id from link l where l.body_id = $1 and l.from_organization = o.id
        and l.start_date <= $2 and l.end_date > $2
      order by l.position limit 1) is not null)

-- part roster_somebody
(select d.id from designation d where d.body_id = $1 and d.organization = o.id
   and d.start_date <= $2 and d.end_date > $2
 order by d.position limit 1)

-- :roster_units  :many  ($1 id body_id, $2 date day, $3 flag committees, $4 flag parties,
--   $5 int position, $6 id after, $7 flag missing, $8 int most)  who names people, in printed order
select o.id, o.name, o.position from organization o
where
@roster_who_names
and (o.position, o.id) > ($5, $6)
and ($7 = 0 or
@roster_somebody
is null)
order by o.position, o.id limit $8;

-- :roster_named  :many  ($1 id body_id, $2 date day, :ids organizations)  how many people units have named
select d.organization, d.role, count(*) as people from designation d
where d.body_id = $1 and d.start_date <= $2 and d.end_date > $2 and d.organization in (:ids)
group by d.organization, d.role;

-- :roster_totals  :one  ($1 id body_id, $2 date day, $3 flag committees, $4 flag parties,
--   $5 int most)  how many units there are, and how many have named somebody
select count(*) as units, coalesce(sum(u.named), 0) as named from (
  select case when
@roster_somebody
  is null then 0 else 1 end as named
  from organization o
  where
@roster_who_names
  order by o.position, o.id limit $5) u;

-- :roster_unit  :maybe  ($1 id body_id, $2 id id, $3 date day)  one unit
select o.name, o.is_group from organization o
where o.body_id = $1 and o.id = $2 and o.start_date <= $3 and o.end_date > $3;

-- :roster_draft_forget  :run  ($1 id body_id)  all of a body: something was purged
delete from roster_draft where body_id = $1;
