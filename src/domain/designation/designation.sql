-- Those whom units, committees and parties name for liaison (责任领导, 分管领导, 联系人, 联络员).

-- schema designation-1
create table designation (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    organization ref not null,
    role text not null,
    label text not null,            -- what the document calls it: 责任领导, 联络人员
    name text not null,
    person ref,
    post text,
    section text,                   -- 科室
    office_phone text,              -- private
    mobile text,                    -- private
    state text not null,            -- named, registered, replaced, ended
    position int not null,
    start_date date not null,
    end_date date not null,
    primary key (body_id, id),
    foreign key (body_id, organization) references organization (body_id, id),
    foreign key (body_id, person) references person (body_id, id)
);

-- schema designation-2
-- Until then they were memberships.
insert into designation (body_id, id, version, modified, organization, role, label, name, person,
    post, section, office_phone, mobile, state, position, start_date, end_date)
select m.body_id, m.id, m.version, m.modified, m.organization, m.role,
    case m.role when 'responsible-leader' then '责任领导' when 'leader-in-charge' then '分管领导'
        when 'contact' then '联系人' else '联络员' end,
    p.name, m.person, m.post, m.section, m.office_phone, m.mobile,
    case when m.end_date = '9999-12-31' then 'registered' else 'ended' end,
    m.position, m.start_date, m.end_date
from membership m join person p on p.body_id = m.body_id and p.id = m.person
where m.role in ('responsible-leader', 'leader-in-charge', 'contact', 'liaison');
delete from membership
where role in ('responsible-leader', 'leader-in-charge', 'contact', 'liaison');

-- schema designation-3
alter table designation add column predecessor ref;
alter table designation add column successor ref;

-- :designation_duties  :many  ($1 id body_id, $2 date day)  what schemes in force ask units to name
select d.deed, d.name, d.who, d.clause, f.number, d.label, d.most
from duty d
join scheme s on s.body_id = d.body_id and s.id = d.scheme
join document f on f.body_id = s.body_id and f.id = s.document
where d.body_id = $1 and d.start_date <= $2 and d.end_date > $2
  and d.deed in ('designate-leader', 'designate-contact', 'designate-section')
order by d.position, d.id limit 100;

-- :designation_named  :many  ($1 id body_id, $2 id organization, $3 text name)  people of a name whom a unit names or named
select distinct d.person from designation d
where d.body_id = $1 and d.organization = $2 and d.name = $3 and d.person is not null
order by d.person limit 3;

-- :designation_members  :many  ($1 id body_id, $2 id organization, $3 text name)  people of a name who are or were there under another title
select distinct m.person from membership m
join person p on p.body_id = m.body_id and p.id = m.person
where m.body_id = $1 and m.organization = $2 and p.name = $3
order by m.person limit 3;

-- :designation_holders  :many  ($1 id body_id, $2 id organization, $3 text role, $4 date day)  who of a unit holds a role on a day or later
select d.id, d.name from designation d
where d.body_id = $1 and d.organization = $2 and d.role = $3 and d.end_date > $4
  and d.state in ('named', 'registered')
order by d.position, d.id limit 20;

-- :designation_of  :many  ($1 id body_id, $2 date day, :ids organizations)  whom units have named on a day, in printed order
select d.organization, d.role, d.label, d.name, d.post, d.section, d.id, d.state
from designation d
where d.body_id = $1 and d.start_date <= $2 and d.end_date > $2 and d.organization in (:ids)
order by d.organization, d.position, d.id;
