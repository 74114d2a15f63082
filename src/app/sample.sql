-- sample - two small tables for the tests of app/ and http/.
-- derived sample_body  the tests write it themselves
-- derived sample  the tests write it themselves

-- schema sample-1
create table sample_body (
    body_id id not null,
    id id not null,
    slug text not null,
    name text not null,
    term text,
    primary key (body_id, id),
    unique (slug)
);
create table sample (
    body_id id not null,
    id id not null,
    name text not null,
    start_date date,
    count int not null,
    primary key (body_id, id)
);

-- :sample_body_by_slug  :maybe  ($1 text slug)  a body
select id, name, term from sample_body where slug = $1;

-- :sample_bodies  :many  ($1 int n)  all bodies
select id, slug, name, term from sample_body order by id limit $1;

-- :sample_body_add  :run  ($1 id id, $2 text slug, $3 text name, $4 text term)  a new body
insert into sample_body (body_id, id, slug, name, term) values ($1, $1, $2, $3, $4);

-- :sample_add  :run  ($1 id body_id, $2 id id, $3 text name, $4 date start_date, $5 int count)  a new row
insert into sample (body_id, id, name, start_date, count) values ($1, $2, $3, $4, $5);

-- :sample_list  :many  ($1 id body_id, $2 int n)  rows of a body
select id, name, start_date, count from sample where body_id = $1 order by id limit $2;

-- :sample_get  :maybe  ($1 id body_id, $2 id id)  one row
select id, name, start_date, count from sample where body_id = $1 and id = $2;

-- :sample_count  :one  ($1 id body_id)  how many
select count(*) from sample where body_id = $1;
