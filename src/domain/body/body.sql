-- The bodies of an instance (政协组织, 市政府) and their terms (届).

-- schema body-1
create table body (
    body_id id not null,            -- always 0: bodies belong to the instance
    id id not null,
    version int not null,
    modified instant not null,
    slug text not null,             -- address: /yiyang
    name text not null,
    short_name text,
    classification text not null,   -- cppcc, government, party-committee, liaison-office
    parent ref,
    term text,                      -- 第七届
    position int not null,
    primary key (body_id, id),
    foreign key (body_id, parent) references body (body_id, id)
);
create unique index body_slug on body (body_id, slug);

-- schema term-1
create table term (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    name text not null,             -- 第七届
    number int not null,
    start_date date not null,
    end_date date not null,
    primary key (body_id, id)
);

-- A term whose first day is known was entered by the office; those that documents cite have none.

-- :body_by_slug  :maybe  ($1 text slug)  the body at an address
select b.id, b.name, coalesce((select t.name from term t where t.body_id = b.id
    and t.start_date > '0001-01-01' and t.end_date = '9999-12-31' order by t.number desc limit 1), b.term)
from body b where b.body_id = 0 and b.slug = $1;

-- :body_all  :many  ()  all bodies in printed order
select b.id, b.slug, b.name, coalesce((select t.name from term t where t.body_id = b.id
    and t.start_date > '0001-01-01' and t.end_date = '9999-12-31' order by t.number desc limit 1), b.term)
from body b where b.body_id = 0 order by b.position, b.id limit 1000;
