-- store - what the store itself keeps.

-- instance schema_step   steps of the schema that were applied, by name
-- derived schema_step    written by the migration
-- instance body_version  how many durable writes each body has seen; 0 is the instance
-- derived body_version   written by the commit queue

-- schema store-1
create table schema_step (
    name text not null primary key,
    program text not null -- version that applied it
);
create table body_version (
    id id not null primary key,
    version int not null
);

-- :store_steps  :many  steps applied
select name, program from schema_step;

-- :store_step_add  :run  ($1 text name, $2 text program)  remember a step
insert into schema_step (name, program) values ($1, $2);

-- :store_version  :one  ($1 id body)  version of a body, raised by the instance's writes as well
select cast(coalesce(sum(version), 0) as bigint) from body_version where id in (0, $1);

-- :store_version_all  :one  version of the whole database
select cast(coalesce(sum(version), 0) as bigint) from body_version;

-- :store_version_raise  :run  ($1 id body, $2 int writes)  after so many more writes
insert into body_version (id, version) values ($1, $2)
on conflict (id) do update set version = body_version.version + excluded.version;

-- :store_indexes  :many  :sqlite  names of all indexes
-- Each engine has its own catalogue.
select name from sqlite_schema where type = 'index';

-- :store_indexes  :many  :postgres  names of all indexes
-- Each engine has its own catalogue.
select cast(relname as text) as name from pg_class
where relkind = 'i' and pg_table_is_visible(oid);

-- :store_columns  :many  :sqlite  ($1 text table_name)  columns of a table, in order
-- Each engine has its own catalogue.
select name from pragma_table_info($1) order by cid;

-- :store_columns  :many  :postgres  ($1 text table_name)  columns of a table, in order
-- Each engine has its own catalogue.
select cast(attname as text) as name from pg_attribute
where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum;
