-- What was purged, when and why: never what it said.

-- schema purge-1
create table disposal (
    body_id id not null,
    id id not null,
    version int not null,
    modified instant not null,
    what text not null,             -- 联系人员
    of_kind text not null,          -- of the record
    record_id text not null,        -- as addresses have it
    fields text,                    -- labels of what was blanked; null: its past alone
    reason text not null,
    on_date date not null,
    by_name text not null,
    primary key (body_id, id)
);

-- :purge_files  :many  ($1 id body_id, $2 text standing)  attachments in one standing, the newest first
select f.id, f.name, f.reason, f.modified, f.by_name, f.of_kind, f.record_id
from file f where f.body_id = $1 and f.standing = $2 order by f.id desc limit 200;

-- :purge_done  :many  ($1 id body_id)  what was purged of records, the newest first
select d.id, d.what, d.of_kind, d.record_id, d.fields, d.reason, d.on_date, d.by_name
from disposal d where d.body_id = $1 order by d.id desc limit 200;

-- :purge_steps  :many  ($1 id body_id, $2 text of_kind, $3 text record_id)  the steps of a record
select s.id from step s where s.body_id = $1 and s.of_kind = $2 and s.record_id = $3 order by s.id;

-- :purge_past  :maybe  ($1 id body_id, $2 ref record, $3 text kind)  whether there was ever such a record
select j.number from journal j
where j.body_id = $1 and j.record = $2 and j.kind = $3 order by j.chain, j.number limit 1;
