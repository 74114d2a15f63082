-- Attachments of records: what they are called, whose they are, where their bytes are named.

-- schema file-1
create table file (
    body_id id not null,
    id id not null,                 -- its time is when it was uploaded
    version int not null,
    modified instant not null,
    of_kind text not null,          -- of the record it belongs to
    record_id text not null,        -- as addresses have it
    name text not null,             -- as shown, never a path
    type text not null,             -- by content: domain/file/types.c
    bytes int not null,
    digest text not null,           -- the name of its bytes in the file store
    standing text not null,         -- current, removed, frozen, purged
    on_date date not null,
    by_name text not null,
    reason text,                    -- 误传处置: why
    primary key (body_id, id)
);
create index file_of on file (body_id, of_kind, record_id, id);
create index file_digest on file (body_id, digest);

-- schema file-2
create index file_standing on file (body_id, standing, id);

-- schema file-3
alter table file add column by_organization ref;  -- of the seat it was uploaded in; none: the office

-- schema body-files-1
alter table body add column file_mb int;
alter table body add column file_count int;
alter table body add column file_gb int;

-- :file_list  :many  ($1 id body_id, $2 text of_kind, $3 text record_id)  attachments of a record, in the order of their coming
select f.id, f.version, f.name, f.type, f.bytes, f.standing, f.by_name, f.by_organization
from file f where f.body_id = $1 and f.of_kind = $2 and f.record_id = $3 order by f.id limit 500;

-- :file_used  :one  ($1 id body_id)  bytes of all that is kept
select cast(coalesce(sum(f.bytes), 0) as bigint) as bytes from file f where f.body_id = $1 and f.standing <> 'purged';

-- :file_count  :one  ($1 id body_id, $2 text of_kind, $3 text record_id)  attachments of a record
select count(*) as n from file f
where f.body_id = $1 and f.of_kind = $2 and f.record_id = $3 and f.standing = 'current';

-- :file_limits  :maybe  ($1 id id)  what a body allows; null: the usual
select b.file_mb, b.file_count, b.file_gb from body b where b.body_id = 0 and b.id = $1;

-- :file_same  :many  ($1 id body_id, $2 text digest)  attachments of the same bytes
select f.id, f.standing from file f where f.body_id = $1 and f.digest = $2 order by f.id;

-- :file_digests  :many  ($1 id body_id, $2 text after)  digests that have to be in the store, by digest
select distinct f.digest from file f
where f.body_id = $1 and f.digest > $2 and f.standing <> 'purged' order by f.digest limit 1000;

-- :file_bodies  :many  ()  bodies with attachments
select distinct f.body_id from file f;
