-- The directory of counterpart links (对口联系名录): read only, over links and organizations.

-- part directory_link
select l.id, l.kind, l.clause, l.declared_count, l.position,
       coalesce(l.from_organization, l.from_person) as from_id,
       coalesce(f.name, fp.name) as from_name,
       l.from_person, fp.post as from_post, f.classification as from_class,
       f.held as from_held, f.hint as from_hint,
       coalesce(l.to_organization, l.to_person) as to_id,
       coalesce(t.name, tp.name) as to_name,
       l.to_person, t.classification as to_class, t.is_group, t.held, t.hint,
       t.maybe_reorganised, t.position as to_position,
       s.document, s.name as scheme_name
from link l
join scheme s on s.body_id = l.body_id and s.id = l.scheme
left join organization f on f.body_id = l.body_id and f.id = l.from_organization
left join person fp on fp.body_id = l.body_id and fp.id = l.from_person
left join organization t on t.body_id = l.body_id and t.id = l.to_organization
left join person tp on tp.body_id = l.body_id and tp.id = l.to_person

-- :directory_links  :many  ($1 id body_id, $2 date day, $3 int first, $4 int most)  links that hold on a day, in printed order
@directory_link
where l.body_id = $1 and l.start_date <= $2 and l.end_date > $2 and l.position >= $3
order by l.position, l.id limit $4;

-- :directory_all_parts  :many  ($1 id body_id, $2 date day, $3 int most)  all bracketed names of a body that has few
select o.parent, o.name from organization o
where o.body_id = $1 and o.parent is not null and o.start_date <= $2 and o.end_date > $2
order by o.parent, o.position, o.id limit $3;

-- :directory_all_names  :many  ($1 id body_id, $2 int most)  all other names of a body that has few
select n.owner, n.name, n.kind from organization_name n
where n.body_id = $1 order by n.owner, n.position limit $2;

-- :directory_former_names  :many  ($1 id body_id, $2 date day)  names given up after a day, the first of them first
select n.owner, n.name from organization_name n
where n.body_id = $1 and n.until > $2 and n.kind = 'renamed'
order by n.until limit 2000;

-- :directory_parts  :many  ($1 id body_id, $2 date day, :ids owners)  bracketed names and sub-units of units
select o.parent, o.name from organization o
where o.body_id = $1 and o.start_date <= $2 and o.end_date > $2 and o.parent in (:ids)
order by o.parent, o.position, o.id;

-- :directory_second_names  :many  ($1 id body_id, :ids owners)  their other names
select n.owner, n.name, n.kind from organization_name n
where n.body_id = $1 and n.owner in (:ids)
order by n.owner, n.position;

-- :directory_matches  :many  ($1 id body_id, $2 text first, $3 text last)  whose name, alias or initials begin so
select distinct k.organization, o.parent from name_key k
join organization o on o.body_id = k.body_id and o.id = k.organization
where k.body_id = $1 and k.search_key >= $2 and k.search_key < $3
limit 300;

-- :directory_of  :many  ($1 id body_id, $2 id organization, $3 date day, $4 int most)  links of one organization, either side
@directory_link
where l.body_id = $1 and l.id in (
        select x.id from (select a.id from link a
            where a.body_id = $1 and a.from_organization = $2
              and a.start_date <= $3 and a.end_date > $3
            order by a.position, a.id limit $4) x
        union all
        select y.id from (select b.id from link b
            where b.body_id = $1 and b.to_organization = $2
              and b.start_date <= $3 and b.end_date > $3
            order by b.position, b.id limit $4) y)
order by l.position, l.id limit $4;

-- :directory_ended  :maybe  ($1 id body_id, $2 date day)  whether links have ended, and the last day one held
select l.end_date from link l
where l.body_id = $1 and l.end_date <= $2 and l.end_date < '9999-12-31'
order by l.end_date desc limit 1;

-- :directory_schemes  :many  ($1 id body_id, $2 date day)  schemes in force with their documents
select s.id, s.name, d.id as document, d.number, d.title
from scheme s join document d on d.body_id = s.body_id and d.id = s.document
where s.body_id = $1 and s.start_date <= $2 and s.end_date > $2
order by s.position, s.id limit 100;

-- :directory_duties  :many  ($1 id body_id, $2 date day, :ids schemes)  what the schemes ask, in printed order
select d.id, d.name, d.clause, d.who, d.strength, d.per, d.least, d.most, d.min_implicit,
       d.due_by, d.due_by_year, d.opens_on, d.by_date, d.days, d.day_kind, d.days_before,
       d.deed, d.who_text, d.who_implicit, d.condition, s.name as scheme_name, d.code
from duty d join scheme s on s.body_id = d.body_id and s.id = d.scheme
where d.body_id = $1 and d.start_date <= $2 and d.end_date > $2 and d.scheme in (:ids)
order by d.position, d.id;

-- :directory_subjects  :many  ($1 id body_id, :ids schemes)  duties that fall on named parties alone
select p.owner, p.name from duty_party p
join duty d on d.body_id = p.body_id and d.id = p.owner
where p.body_id = $1 and p.role = 'subject' and d.scheme in (:ids)
order by p.owner, p.position;

-- :directory_schemes_of  :many  ($1 id body_id, $2 id document)  schemes of a document, also ended ones
select s.id, s.name, s.start_date, s.end_date from scheme s
where s.body_id = $1 and s.document = $2 order by s.position, s.id limit 50;

-- :directory_statements  :many  ($1 id body_id, $2 date day, :ids schemes)  aims, annexes and stages
select t.id, t.name, t.clause, t.kind from statement t
where t.body_id = $1 and t.start_date <= $2 and t.end_date > $2 and t.scheme in (:ids)
order by t.position, t.id;

-- :directory_contents  :many  ($1 id body_id, $2 date day, :ids schemes)  categories of content
select t.id, t.name, t.clause from content t
where t.body_id = $1 and t.start_date <= $2 and t.end_date > $2 and t.scheme in (:ids)
order by t.position, t.id;

-- :directory_forms  :many  ($1 id body_id, $2 date day, :ids schemes)  forms of liaison
select t.id, t.name, t.clause from form t
where t.body_id = $1 and t.start_date <= $2 and t.end_date > $2 and t.scheme in (:ids)
order by t.position, t.id;

-- :directory_link_counts  :many  ($1 id body_id, $2 date day, $3 int most, :ids schemes)  how many units each side has by these schemes, counted up to a number
select coalesce(l.from_organization, l.from_person) as side,
       coalesce(f.name, p.name) as side_name, l.from_person, l.clause, count(*) as units,
       max(l.declared_count) as declared, min(l.position) as place
from (select n.body_id, n.from_organization, n.from_person, n.clause, n.declared_count, n.position
      from link n
      where n.body_id = $1 and n.start_date <= $2 and n.end_date > $2 and n.scheme in (:ids)
      order by n.position, n.id limit $3) l
left join organization f on f.body_id = l.body_id and f.id = l.from_organization
left join person p on p.body_id = l.body_id and p.id = l.from_person
group by coalesce(l.from_organization, l.from_person), coalesce(f.name, p.name), l.from_person,
         l.clause
order by place limit 1000;
