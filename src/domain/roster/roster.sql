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

-- :roster_people  :many  ($1 id body_id, $2 id organization)  everybody who is or was of a unit
select m.id, m.version, m.person, p.name, m.role, m.post, m.section, m.office_phone, m.mobile,
  m.start_date, m.end_date
from membership m join person p on p.body_id = m.body_id and p.id = m.person
where m.body_id = $1 and m.organization = $2
order by m.position, m.id limit 5000;

-- :roster_duties  :many  ($1 id body_id, $2 date day)  what schemes in force ask units to name
select d.deed, d.name, d.who, d.clause, f.number
from duty d
join scheme s on s.body_id = d.body_id and s.id = d.scheme
join document f on f.body_id = s.body_id and f.id = s.document
where d.body_id = $1 and d.start_date <= $2 and d.end_date > $2
  and d.deed in ('designate-leader', 'designate-contact', 'designate-section')
order by d.position, d.id limit 100;

-- A subquery with an order and a limit instead of "exists": it makes SQLite take the index by
-- organization, which it would pass over for the key of the table.
-- :roster_units  :many  ($1 id body_id, $2 date day, $3 int position, $4 id after,
--   $5 flag committees, $6 flag parties, $7 flag missing, $8 int most)  who names people, in printed order
select o.id, o.name, o.position from organization o
where o.body_id = $1 and (o.position, o.id) > ($3, $4)
  and o.start_date <= $2 and o.end_date > $2
  and o.parent is null and o.is_group = 0 and o.held = 0
  and ($5 = 1 or o.classification not in ('committee', 'office', 'sector', 'sector-group'))
  and ($6 = 1 or o.classification not in ('party', 'federation'))
  and ((select l.id from link l where l.body_id = $1 and l.to_organization = o.id
          and l.start_date <= $2 and l.end_date > $2
        order by l.position limit 1) is not null
    or (select l.id from link l where l.body_id = $1 and l.from_organization = o.id
          and l.start_date <= $2 and l.end_date > $2
        order by l.position limit 1) is not null)
  and ($7 = 0 or (select m.id from membership m where m.body_id = $1
         and m.organization = o.id and m.start_date <= $2 and m.end_date > $2
         and m.role in ('responsible-leader', 'leader-in-charge', 'contact', 'liaison')
       order by m.position limit 1) is null)
order by o.position, o.id limit $8;

-- :roster_named  :many  ($1 id body_id, $2 date day, :ids organizations)  how many people units have named
select m.organization, m.role, count(*) as people from membership m
where m.body_id = $1 and m.start_date <= $2 and m.end_date > $2
  and m.role in ('responsible-leader', 'leader-in-charge', 'contact', 'liaison')
  and m.organization in (:ids)
group by m.organization, m.role;

-- :roster_totals  :one  ($1 id body_id, $2 date day, $3 flag committees, $4 flag parties,
--   $5 int most)  how many units there are, and how many have named somebody
select count(*) as units, coalesce(sum(u.named), 0) as named from (
  select case when (select m.id from membership m where m.body_id = $1
           and m.organization = o.id and m.start_date <= $2 and m.end_date > $2
           and m.role in ('responsible-leader', 'leader-in-charge', 'contact', 'liaison')
         order by m.position limit 1) is null then 0 else 1 end as named
  from organization o
  where o.body_id = $1 and o.start_date <= $2 and o.end_date > $2
    and o.parent is null and o.is_group = 0 and o.held = 0
    and ($3 = 1 or o.classification not in ('committee', 'office', 'sector', 'sector-group'))
    and ($4 = 1 or o.classification not in ('party', 'federation'))
    and ((select l.id from link l where l.body_id = $1 and l.to_organization = o.id
            and l.start_date <= $2 and l.end_date > $2
          order by l.position limit 1) is not null
      or (select l.id from link l where l.body_id = $1 and l.from_organization = o.id
            and l.start_date <= $2 and l.end_date > $2
          order by l.position limit 1) is not null)
  order by o.position, o.id limit $5) u;

-- :roster_unit  :maybe  ($1 id body_id, $2 id id, $3 date day)  one unit
select o.name, o.is_group from organization o
where o.body_id = $1 and o.id = $2 and o.start_date <= $3 and o.end_date > $3;
