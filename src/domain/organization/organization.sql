-- Organizations of a body (专门委员会, 部门, 单位, 党派, 界别 …), their other names, and the keys
-- under which pickers and search-as-you-type find them.

-- owned organization_name
-- derived name_key

-- schema organization-1
create table organization (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    name text not null,             -- as printed; a left-out 市 is not restored
    classification text not null,
    parent ref,                     -- 市住建局 → 人防办
    is_group flag not null,         -- names no single unit: 各驻益保险公司
    held flag not null,             -- 疑似误印: waits for a person's decision
    hint text,                      -- held: what it probably should be
    maybe_reorganised flag not null, -- 机构可能已调整 until an office confirms it
    note text,
    sort_key text not null,         -- pinyin, compared as bytes
    position int not null,          -- printed order
    start_date date not null,
    end_date date not null,
    primary key (body_id, id),
    foreign key (body_id, parent) references organization (body_id, id)
);
create table organization_name (
    body_id id not null,
    owner id not null,
    position int not null,
    name text not null,
    kind text not null,             -- second, alias, former
    primary key (body_id, owner, position),
    foreign key (body_id, owner) references organization (body_id, id)
);
create table name_key (
    body_id id not null,
    search_key text not null,       -- folded name, or pinyin initials
    organization id not null,
    primary key (body_id, search_key, organization)
);
create index name_key_of on name_key (body_id, organization);

-- schema organization-2
create index organization_name_by_name on organization_name (body_id, name);

-- schema organization-3
alter table organization_name add column until date; -- renamed: the day it was given up

-- schema organization-4
create index organization_name_until on organization_name (body_id, until);

-- :organization_by_key  :many  ($1 id body_id, $2 text first, $3 text last, $4 date day)  by the start of a name, alias or initials; of very many the first by key
select distinct o.id, o.name, o.position
from (select n.organization from name_key n
      where n.body_id = $1 and n.search_key >= $2 and n.search_key < $3
      order by n.search_key, n.organization limit 300) k
join organization o on o.body_id = $1 and o.id = k.organization
where o.start_date <= $4 and o.end_date > $4
order by o.position, o.id limit 10;

-- :organization_keys_clear  :run  ($1 id body_id, $2 id organization)  before its keys are written anew
delete from name_key where body_id = $1 and organization = $2;

-- :organization_key_add  :run  ($1 id body_id, $2 text search_key, $3 id organization)  one key
insert into name_key (body_id, search_key, organization) values ($1, $2, $3)
on conflict do nothing;

-- :organization_parts  :many  ($1 id body_id, $2 id parent, $3 date day)  bracketed second names and sub-units
select o.id, o.name, o.classification from organization o
where o.body_id = $1 and o.parent = $2 and o.start_date <= $3 and o.end_date > $3
order by o.position, o.id limit 500;
