-- example - a small module for the tests of the store.
-- derived example  the tests write it themselves

-- schema example-1
create table example (
    body_id id not null,
    id id not null,
    name text not null,
    parent ref,
    bytes blob,
    primary key (body_id, id),
    unique (body_id, name),
    foreign key (body_id, parent) references example (body_id, id)
);

-- schema example-2
alter table example add column note text;

-- :example_add  :run  ($1 id body_id, $2 id id, $3 text name, $4 ref parent, $5 blob bytes)  add
insert into example (body_id, id, name, parent, bytes) values ($1, $2, $3, $4, $5);

-- :example_rename  :run  ($1 id body_id, $2 text name, $3 id id)  parameters out of order
update example set name = $2 where id = $3 and body_id = $1;

-- :example_get  :maybe  ($1 id body_id, $2 id id)  one
select id, name, parent, bytes, note from example where body_id = $1 and id = $2;

-- :example_name  :one  ($1 id body_id, $2 id id)  its name
select name from example where body_id = $1 and id = $2;

-- :example_of_body  :many  ($1 id body_id)  all of a body
select id, name from example where body_id = $1 order by id;

-- :example_some  :many  ($1 id body_id, :ids)  some of a body
select id, name from example where body_id = $1 and id in (:ids) order by id;

-- :example_count  :one  how many there are
select count(*) from example;

-- :example_any  :one  ($1 id body_id)  wrongly said to be one
select id from example where body_id = $1;
